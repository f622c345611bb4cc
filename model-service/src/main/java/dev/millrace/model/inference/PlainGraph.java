package dev.millrace.model.inference;

import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A graph that nothing is known of but what it says itself. Thread-safe. */
public final class PlainGraph implements Loaded {
    private static final int WARM_UP_CALLS = 20;
    /** Larger inputs than these are not made up. */
    private static final int LARGEST = 1 << 20;

    private final OnnxModel model;

    private PlainGraph(OnnxModel model) {
        this.model = model;
    }

    /**
     * Loads a graph, and runs it a few times, as far as it takes what can be made up for it.
     *
     * @throws OrtException if it is no ONNX model, or has inputs or outputs that can not be handed over
     */
    public static PlainGraph load(byte[] onnx) throws OrtException {
        PlainGraph graph = new PlainGraph(OnnxModel.load(onnx));
        graph.warmUp();
        return graph;
    }

    private void warmUp() {
        try {
            Map<String, Tensor> ones = new LinkedHashMap<>();
            for (TensorSpec input : model.inputs()) {
                ones.put(input.name(), one(input));
            }
            List<String> outputs =
                    model.outputs().stream().map(TensorSpec::name).toList();
            for (int call = 0; call < WARM_UP_CALLS; call++) {
                model.run(ones, outputs);
            }
        } catch (OrtException | IllegalArgumentException notOfSuchAnInput) {
            // Nobody said what it takes.
        }
    }

    private static Tensor one(TensorSpec input) {
        long[] shape =
                input.shape().stream().mapToLong(length -> Math.max(1, length)).toArray();
        int elements = Tensor.count(shape);
        if (elements > LARGEST) {
            throw new IllegalArgumentException("too many elements to be made up");
        }
        if (input.type() == DataType.BYTES) {
            String[] texts = new String[elements];
            Arrays.fill(texts, "");
            return new Tensor.Texts(shape, texts);
        }
        ByteBuffer zeros = ByteBuffer.allocate(elements * input.type().size());
        return new Tensor.Fixed(input.type(), shape, zeros);
    }

    @Override
    public OnnxModel model() {
        return model;
    }

    @Override
    public void close() {
        model.close();
    }
}
