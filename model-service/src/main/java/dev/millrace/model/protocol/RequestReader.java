package dev.millrace.model.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.model.inference.Tensor;
import dev.millrace.model.inference.TensorSpec;
import dev.millrace.model.registry.Model;
import dev.millrace.pipeline.event.JsonFault;
import dev.millrace.pipeline.event.Text;
import dev.millrace.pipeline.event.Utf8;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads the body of an inference request: JSON, and behind it the binary data of the inputs that say so, in their order.
 * Members that the protocol does not know are left alone, as are parameters; those of its extensions that ask for something
 * which Millrace does not do are refused. One request, on one thread.
 */
final class RequestReader {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // What Python writes for a float that is none.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    /** Parameters of extensions that are not there. */
    static final List<String> UNSUPPORTED =
            List.of("shared_memory_region", "sequence_id", "sequence_start", "sequence_end");

    /** The parameter that names the key by which a canary's share is taken. */
    static final String KEY = "key";

    private static final int MOST_DIMENSIONS = 32;

    private final byte[] body;
    private final int length;
    private Optional<JsonNode> root = Optional.empty();

    /**
     * A reader of a body.
     *
     * @param jsonLength how many of its bytes are JSON; all of them, if nobody says
     */
    RequestReader(byte[] body, OptionalInt jsonLength) {
        this.body = body;
        this.length = jsonLength.orElse(body.length);
    }

    /**
     * What the request says of who is to answer it.
     *
     * @throws Refusal if it is no request
     */
    Inference.Place place() {
        JsonNode key = parameters(root(), "the request").path(KEY);
        return new Inference.Place(
                key.isValueNode() && !absent(key) ? Optional.of(key.asText()) : Optional.empty(),
                id(root().path("id")));
    }

    /**
     * The request, for that version.
     *
     * @throws Refusal if it is none that the version can be run with
     */
    InferRequest read(Model model) {
        ByteBuffer binary = ByteBuffer.wrap(body, Math.min(length, body.length), Math.max(0, body.length - length))
                .slice();
        InferRequest request = read(root(), model, binary);
        if (binary.hasRemaining()) {
            throw Refusal.invalid(
                    "the body has " + binary.remaining() + " bytes more than its inputs' binary_data_size say");
        }
        return request;
    }

    private JsonNode root() {
        if (root.isEmpty()) {
            if (length > body.length) {
                throw Refusal.invalid("Inference-Header-Content-Length says " + length + ", and the body has "
                        + body.length + " bytes");
            }
            root = Optional.of(parse(body, length));
        }
        return root.get();
    }

    private static JsonNode parse(byte[] body, int length) {
        boolean utf16 = length > 1 && (body[0] == 0 || body[1] == 0);
        if (utf16 || !Utf8.isValid(body, 0, length)) {
            throw Refusal.invalid("the body's JSON is not UTF-8");
        }
        try {
            JsonNode root = JSON.readTree(body, 0, length);
            if (!root.isObject()) {
                throw Refusal.invalid("expected a JSON object with inputs, got "
                        + (root.isMissingNode() ? "nothing" : Quoted.shortened(root.toString())));
            }
            return root;
        } catch (JsonProcessingException e) {
            throw Refusal.invalid("the body is not valid JSON: " + Quoted.shortened(JsonFault.of(e))
                    + (e.getLocation() == null
                            ? ""
                            : ", at line " + e.getLocation().getLineNr() + ", column "
                                    + e.getLocation().getColumnNr()));
        } catch (NumberFormatException e) {
            throw Refusal.invalid("the body is not valid JSON: a number has an exponent of too many digits");
        } catch (IOException e) {
            throw Refusal.invalid("the body is not valid JSON: " + Quoted.shortened(String.valueOf(e.getMessage())));
        }
    }

    private static InferRequest read(JsonNode root, Model model, ByteBuffer binary) {
        JsonNode parameters = parameters(root, "the request");
        List<InferRequest.Output> outputs = outputs(root.path("outputs"), model);
        return new InferRequest(
                id(root.path("id")),
                timeout(parameters.path("timeout")),
                inputs(root.path("inputs"), model, binary),
                outputs,
                flag(parameters, "binary_data_output").orElse(false));
    }

    private static Optional<String> id(JsonNode id) {
        if (absent(id)) {
            return Optional.empty();
        }
        if (!id.isTextual() || !Text.isStorable(id.textValue())) {
            throw Refusal.invalid("expected an id that is a text, got " + Quoted.shortened(id.toString()));
        }
        return Optional.of(id.textValue());
    }

    private static OptionalLong timeout(JsonNode timeout) {
        boolean said = timeout.isIntegralNumber() && timeout.canConvertToLong() && timeout.longValue() > 0;
        return said ? OptionalLong.of(timeout.longValue()) : OptionalLong.empty();
    }

    private static Map<String, Tensor> inputs(JsonNode inputs, Model model, ByteBuffer binary) {
        if (!inputs.isArray() || inputs.isEmpty()) {
            throw Refusal.invalid("expected inputs, an array of at least one tensor, got "
                    + (inputs.isMissingNode() ? "nothing" : Quoted.shortened(inputs.toString())));
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (JsonNode input : inputs) {
            String name = name(input, "input");
            TensorSpec spec = Inference.input(model, name);
            if (tensors.containsKey(name)) {
                throw Refusal.invalid("input '" + name + "' is there twice");
            }
            tensors.put(name, tensor(spec, input, binary));
        }
        return tensors;
    }

    private static Tensor tensor(TensorSpec spec, JsonNode input, ByteBuffer binary) {
        String name = spec.name();
        JsonNode type = input.path("datatype");
        if (!type.isTextual()) {
            throw Refusal.invalid("input '" + name + "' has no datatype");
        }
        long[] shape = shape(name, input.path("shape"));
        Inference.requireFit(spec, type.textValue(), shape);
        JsonNode size = parameters(input, "input '" + name + "'").path("binary_data_size");
        if (absent(size)) {
            return TensorJson.read(name, spec.type(), shape, input.path("data"));
        }
        if (!absent(input.path("data"))) {
            throw Refusal.invalid("input '" + name + "' has data and binary_data_size, and only one may be there");
        }
        if (!size.isIntegralNumber()
                || !size.canConvertToInt()
                || size.intValue() < 0
                || size.intValue() > binary.remaining()) {
            throw Refusal.invalid("input '" + name + "': binary_data_size is " + Quoted.shortened(size.toString())
                    + ", and the body has " + binary.remaining() + " more bytes of binary data");
        }
        Tensor tensor = TensorBytes.read(name, spec.type(), shape, binary.slice(binary.position(), size.intValue()));
        binary.position(binary.position() + size.intValue());
        return tensor;
    }

    private static long[] shape(String name, JsonNode shape) {
        boolean fits = shape.isArray() && shape.size() <= MOST_DIMENSIONS;
        for (JsonNode dimension : shape) {
            fits &= dimension.isIntegralNumber() && dimension.canConvertToLong();
        }
        if (!fits) {
            throw Refusal.invalid("input '" + name + "': expected a shape, an array of integers, got "
                    + (shape.isMissingNode() ? "nothing" : Quoted.shortened(shape.toString())));
        }
        long[] dimensions = new long[shape.size()];
        for (int i = 0; i < dimensions.length; i++) {
            dimensions[i] = shape.get(i).longValue();
        }
        return dimensions;
    }

    private static List<InferRequest.Output> outputs(JsonNode outputs, Model model) {
        if (absent(outputs)) {
            return List.of();
        }
        if (!outputs.isArray()) {
            throw Refusal.invalid("expected outputs, an array, got " + Quoted.shortened(outputs.toString()));
        }
        List<InferRequest.Output> wanted = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode output : outputs) {
            String name = name(output, "output");
            if (!names.add(name)) {
                throw Refusal.invalid("output " + Quoted.of(name) + " is asked for twice");
            }
            JsonNode parameters = parameters(output, "output " + Quoted.of(name));
            wanted.add(new InferRequest.Output(
                    name, flag(parameters, "binary_data"), classes(name, parameters.path("classification"))));
        }
        Inference.requireOutputs(model, names);
        return wanted;
    }

    private static OptionalInt classes(String output, JsonNode classes) {
        if (absent(classes)) {
            return OptionalInt.empty();
        }
        boolean integer = classes.isIntegralNumber() && classes.canConvertToLong();
        return Classification.classes(output, integer ? classes.longValue() : -1);
    }

    private static String name(JsonNode tensor, String kind) {
        JsonNode name = tensor.path("name");
        if (!tensor.isObject() || !name.isTextual()) {
            throw Refusal.invalid(
                    "expected an " + kind + ", an object with a name, got " + Quoted.shortened(tensor.toString()));
        }
        return name.textValue();
    }

    private static JsonNode parameters(JsonNode owner, String whose) {
        JsonNode parameters = owner.path("parameters");
        if (!absent(parameters) && !parameters.isObject()) {
            throw Refusal.invalid(
                    whose + ": expected parameters, an object, got " + Quoted.shortened(parameters.toString()));
        }
        for (String name : UNSUPPORTED) {
            if (parameters.has(name)) {
                throw unsupported(whose, name);
            }
        }
        return parameters;
    }

    static Refusal unsupported(String whose, String parameter) {
        return Refusal.invalid(whose + ": the parameter '" + parameter + "' is of an extension that is not there");
    }

    private static Optional<Boolean> flag(JsonNode parameters, String name) {
        JsonNode flag = parameters.path(name);
        if (absent(flag)) {
            return Optional.empty();
        }
        if (!flag.isBoolean()) {
            throw Refusal.invalid(
                    "the parameter '" + name + "' is true or false, not " + Quoted.shortened(flag.toString()));
        }
        return Optional.of(flag.booleanValue());
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
