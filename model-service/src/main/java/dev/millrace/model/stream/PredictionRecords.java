package dev.millrace.model.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.model.feature.Feature;
import dev.millrace.model.traffic.Made;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Predictions as records of their topic: one JSON object a prediction, which a person can read. Stateless. */
final class PredictionRecords {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int TYPICAL_BYTES = 512;

    private PredictionRecords() {}

    /** A record a prediction. */
    static List<ProducerRecord<byte[], byte[]>> of(Made made) {
        List<ProducerRecord<byte[], byte[]>> records =
                new ArrayList<>(made.rows().size());
        for (int i = 0; i < made.rows().size(); i++) {
            records.add(record(made, i));
        }
        return records;
    }

    private static ProducerRecord<byte[], byte[]> record(Made made, int index) {
        Pipeline pipeline = made.pipeline();
        Row row = made.rows().get(index);
        String id = UUID.randomUUID().toString();
        String key = pipeline.key(row, id);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                pipeline.topics().predictions(),
                null,
                made.at().toEpochMilli(),
                key.getBytes(StandardCharsets.UTF_8),
                value(made, index, id, key));
        new EventHeaders(
                        id,
                        "/predict/" + made.model().name(),
                        "millrace." + pipeline.name() + ".prediction",
                        made.at(),
                        Optional.empty())
                .writeTo((name, bytes) -> record.headers().add(name, bytes));
        return record;
    }

    private static byte[] value(Made made, int index, String id, String key) {
        Row row = made.rows().get(index);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(TYPICAL_BYTES);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("id", id);
            json.writeStringField("predicted_at", made.at().toString());
            json.writeStringField("pipeline", made.pipeline().name());
            json.writeStringField("model", made.model().name());
            json.writeStringField("version", made.model().version());
            json.writeStringField("route", made.route().label());
            json.writeStringField("asked", made.asked());
            Optional<String> event = made.pipeline().id(row);
            if (event.isPresent()) {
                json.writeStringField("event_id", event.get());
            }
            if (!key.equals(id)) {
                json.writeStringField("key", key);
            }
            json.writeNumberField("score", made.scores()[index]);
            json.writeStringField("label", made.labels().get(index));
            if (made.compared() != null) {
                double compared = made.comparedScores()[index];
                json.writeStringField("compared_version", made.compared().version());
                json.writeNumberField("compared_score", compared);
                json.writeStringField("compared_label", made.compared().label(compared));
            }
            json.writeFieldName("inputs");
            json.writeRawValue(new String(made.pipeline().cleanWriter().write(row), StandardCharsets.UTF_8));
            features(json, made, index);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory can always be written to", e);
        }
        return bytes.toByteArray();
    }

    private static void features(JsonGenerator json, Made made, int index) throws IOException {
        List<Feature> features = made.model().features();
        if (made.features().length < (index + 1) * features.size()) {
            return;
        }
        json.writeObjectFieldStart("features");
        for (int i = 0; i < features.size(); i++) {
            json.writeFieldName(features.get(i).name());
            float value = made.features()[index * features.size() + i];
            if (Float.isFinite(value)) {
                json.writeNumber(value);
            } else {
                json.writeNull();
            }
        }
        json.writeEndObject();
    }
}
