package dev.millrace.model.protocol;

import dev.millrace.model.inference.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What a client asks of a model.
 *
 * @param id what the client calls the request
 * @param timeoutMicros how long the request may take, if its parameters say so
 * @param inputs the input tensors by name
 * @param outputs the outputs that are wanted; all of them, if there are none
 * @param binaryByDefault whether outputs that say nothing else go out as binary data
 */
record InferRequest(
        Optional<String> id,
        OptionalLong timeoutMicros,
        Map<String, Tensor> inputs,
        List<Output> outputs,
        boolean binaryByDefault) {

    /**
     * An output that is wanted.
     *
     * @param binary whether as binary data
     * @param classes of how many classes, if it is to be given as such
     */
    record Output(String name, Optional<Boolean> binary, OptionalInt classes) {}

    /** The names of the outputs that are wanted. */
    List<String> wanted() {
        return outputs.stream().map(Output::name).toList();
    }

    /** Of how many classes each output is wanted that is to be given as such. */
    Map<String, Integer> classes() {
        return outputs.stream()
                .filter(output -> output.classes().isPresent())
                .collect(Collectors.toMap(
                        Output::name, output -> output.classes().getAsInt()));
    }

    /** Whether the output goes out as binary data. */
    boolean binary(String output) {
        return outputs.stream()
                .filter(wanted -> wanted.name().equals(output))
                .findFirst()
                .flatMap(Output::binary)
                .orElse(binaryByDefault);
    }
}
