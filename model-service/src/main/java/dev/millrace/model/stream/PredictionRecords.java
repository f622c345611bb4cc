package dev.millrace.model.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.millrace.model.feature.Feature;
import dev.millrace.model.traffic.Made;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.Row;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Predictions as records of their topic: one JSON object a prediction, which a person can read. Stateless. */
final class PredictionRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

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
        ObjectNode json = JSON.createObjectNode()
                .put("id", id)
                .put("predicted_at", made.at().toString())
                .put("pipeline", made.pipeline().name())
                .put("model", made.model().name())
                .put("version", made.model().version())
                .put("route", made.route().label())
                .put("asked", made.asked());
        made.pipeline().id(row).ifPresent(event -> json.put("event_id", event));
        if (!key.equals(id)) {
            json.put("key", key);
        }
        json.put("score", made.scores()[index]).put("label", made.labels().get(index));
        if (made.compared() != null) {
            double compared = made.comparedScores()[index];
            json.put("compared_version", made.compared().version())
                    .put("compared_score", compared)
                    .put("compared_label", made.compared().label(compared));
        }
        json.putRawValue(
                "inputs", new RawValue(new String(made.pipeline().cleanWriter().write(row), StandardCharsets.UTF_8)));
        features(json, made, index);
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private static void features(ObjectNode json, Made made, int index) {
        List<Feature> features = made.model().features();
        if (made.features().length < (index + 1) * features.size()) {
            return;
        }
        ObjectNode values = json.putObject("features");
        for (int i = 0; i < features.size(); i++) {
            float value = made.features()[index * features.size() + i];
            if (Float.isFinite(value)) {
                values.put(features.get(i).name(), value);
            } else {
                values.putNull(features.get(i).name());
            }
        }
    }
}
