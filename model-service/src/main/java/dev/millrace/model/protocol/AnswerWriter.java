package dev.millrace.model.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.model.inference.Tensor;
import dev.millrace.model.registry.ModelDescription;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Writes the body of an answer: JSON, and behind it the binary data of the outputs that were asked for as such. */
final class AnswerWriter {
    private static final JsonFactory JSON = new JsonFactory();

    private AnswerWriter() {}

    /**
     * @param bytes the body
     * @param jsonLength how many of its bytes are JSON, if there is binary data behind it
     */
    record Body(byte[] bytes, OptionalInt jsonLength) {}

    /**
     * Writes an answer.
     *
     * @throws Refusal if an output has no form in JSON and was not asked for as binary data
     */
    static Body write(ModelDescription model, InferRequest request, Map<String, Tensor> outputs) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(256);
        List<byte[]> binary = new ArrayList<>();
        try (JsonGenerator json = JSON.createGenerator(body)) {
            json.writeStartObject();
            json.writeStringField("model_name", model.name());
            json.writeStringField("model_version", model.version());
            if (request.id().isPresent()) {
                json.writeStringField("id", request.id().get());
            }
            json.writeArrayFieldStart("outputs");
            for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
                write(output.getKey(), output.getValue(), request.binary(output.getKey()), json, binary);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int jsonLength = body.size();
        binary.forEach(body::writeBytes);
        return new Body(body.toByteArray(), binary.isEmpty() ? OptionalInt.empty() : OptionalInt.of(jsonLength));
    }

    private static void write(String name, Tensor tensor, boolean asBinary, JsonGenerator json, List<byte[]> binary)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("datatype", tensor.type().name());
        json.writeArrayFieldStart("shape");
        for (long dimension : tensor.shape()) {
            json.writeNumber(dimension);
        }
        json.writeEndArray();
        if (asBinary) {
            byte[] bytes = TensorBytes.write(tensor);
            json.writeObjectFieldStart("parameters");
            json.writeNumberField("binary_data_size", bytes.length);
            json.writeEndObject();
            binary.add(bytes);
        } else if (TensorJson.hasJson(tensor.type())) {
            json.writeFieldName("data");
            TensorJson.write(tensor, json);
        } else {
            throw Refusal.invalid("output '" + name + "' is " + tensor.type()
                    + ", which JSON has no form for; ask for it as binary data (binary_data)");
        }
        json.writeEndObject();
    }
}
