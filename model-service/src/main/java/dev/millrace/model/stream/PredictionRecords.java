package dev.millrace.model.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.model.feature.Feature;
import dev.millrace.model.traffic.Made;
import dev.millrace.model.traffic.MadeList;
import dev.millrace.model.traffic.MadeLists;
import dev.millrace.model.traffic.Word;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Predictions as records of their topic: one JSON object a prediction or a list, which a person can read. Stateless. */
final class PredictionRecords {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int TYPICAL_BYTES = 2_048;

    private PredictionRecords() {}

    /** A record a prediction, or a list. */
    static List<ProducerRecord<byte[], byte[]>> of(Word word) {
        if (word instanceof MadeLists lists) {
            return lists.lists().stream()
                    .map(list -> record(word, list.id(), list.user().orElse(list.id()), json -> list(json, list)))
                    .toList();
        }
        Made made = (Made) word;
        List<ProducerRecord<byte[], byte[]>> records =
                new ArrayList<>(made.rows().size());
        for (int i = 0; i < made.rows().size(); i++) {
            int index = i;
            String id = UUID.randomUUID().toString();
            Row row = made.rows().get(i);
            // Before the record is begun: a second writer on this thread would have no buffers to use again.
            String inputs = new String(made.pipeline().cleanWriter().write(row), StandardCharsets.UTF_8);
            records.add(record(made, id, made.pipeline().key(row, id), json -> score(json, made, index, inputs)));
        }
        return records;
    }

    /** What is to be said beside who made it. */
    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private static ProducerRecord<byte[], byte[]> record(Word word, String id, String key, Body body) {
        Pipeline pipeline = word.pipeline();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                pipeline.topics().predictions(),
                null,
                word.at().toEpochMilli(),
                key.getBytes(StandardCharsets.UTF_8),
                value(word, id, key, body));
        new EventHeaders(
                        id,
                        "/predict/" + word.model().name(),
                        "millrace." + pipeline.name() + ".prediction",
                        word.at(),
                        Optional.empty())
                .writeTo((name, bytes) -> record.headers().add(name, bytes));
        return record;
    }

    private static byte[] value(Word word, String id, String key, Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(TYPICAL_BYTES);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("id", id);
            json.writeStringField("predicted_at", word.at().toString());
            json.writeStringField("pipeline", word.pipeline().name());
            json.writeStringField("model", word.model().name());
            json.writeStringField("version", word.model().version());
            json.writeStringField("route", word.route().label());
            json.writeStringField("asked", word.asked());
            if (!key.equals(id)) {
                json.writeStringField("key", key);
            }
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory can always be written to", e);
        }
        return bytes.toByteArray();
    }

    private static void score(JsonGenerator json, Made made, int index, String inputs) throws IOException {
        Row row = made.rows().get(index);
        Optional<String> event = made.pipeline().id(row);
        if (event.isPresent()) {
            json.writeStringField("event_id", event.get());
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
        json.writeRawValue(inputs);
        features(json, made, index);
    }

    private static void list(JsonGenerator json, MadeList list) throws IOException {
        json.writeStringField("basis", list.basis());
        json.writeNumberField("k", list.k());
        json.writeArrayFieldStart("items");
        for (MadeList.Item item : list.items()) {
            json.writeStartObject();
            json.writeStringField("item", item.item());
            json.writeNumberField("score", item.score());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (list.featuresAsOf().isPresent()) {
            json.writeStringField("features_as_of", list.featuresAsOf().get().toString());
        }
        if (list.compared().isPresent()) {
            MadeList.Compared compared = list.compared().get();
            json.writeStringField("compared_id", compared.id());
            json.writeStringField("compared_version", compared.version());
            json.writeNumberField("overlap", compared.overlap());
        }
        json.writeObjectFieldStart("inputs");
        for (Map.Entry<String, Object> input : list.inputs().entrySet()) {
            json.writeObjectField(input.getKey(), input.getValue());
        }
        json.writeEndObject();
        json.writeObjectFieldStart("features");
        json.writeArrayFieldStart("history");
        for (String item : list.history()) {
            json.writeString(item);
        }
        json.writeEndArray();
        json.writeNumberField("unknown_items", list.unknown());
        if (list.popularity().isPresent()) {
            json.writeStringField("popularity", list.popularity().get());
        }
        json.writeEndObject();
    }

    private static void features(JsonGenerator json, Made made, int index) throws IOException {
        List<Feature> features = made.model().features();
        if (made.features().rows() <= index) {
            return;
        }
        json.writeObjectFieldStart("features");
        for (int i = 0; i < features.size(); i++) {
            json.writeFieldName(features.get(i).name());
            Object value = made.features().value(index, i);
            if (value instanceof String text) {
                json.writeString(text);
            } else if (Float.isFinite((float) value)) {
                json.writeNumber((float) value);
            } else {
                json.writeNull();
            }
        }
        json.writeEndObject();
    }
}
