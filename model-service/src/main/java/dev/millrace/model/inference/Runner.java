package dev.millrace.model.inference;

import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.Map;

/** How a graph is run: alone, or together with what others ask of it. */
@FunctionalInterface
public interface Runner {
    /** At once, on the caller's thread. */
    Runner DIRECT = OnnxModel::run;

    /**
     * Runs the model as {@link OnnxModel#run} does.
     *
     * @throws OrtException if the graph fails on these inputs
     * @throws BusyException if too many wait for it
     * @throws LateException if a deadline passed
     */
    List<Tensor> run(OnnxModel model, Map<String, Tensor> given, List<String> wanted) throws OrtException;

    /**
     * Says that the caller computes the answer itself, without the graph.
     *
     * @throws LateException if a deadline passed
     */
    default void beside() {}
}
