package dev.millrace.ingest.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.Violation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Makes labels of candidates: what an event turned out to be, under the event's id as the event itself has it. A label is
 * a finite number, true or false; one that comes as a text, as from a CSV file, is written as what it says.
 */
public final class LabelIntake extends RecordIntake {
    /** The member that holds the label. */
    public static final String LABEL = Pipeline.LABEL;

    private static final String EXPECTED = "a number, true or false";
    private static final Field NUMBER = Field.canonical(LABEL, FieldType.DOUBLE, true);
    private static final Field TRUTH = Field.canonical(LABEL, FieldType.BOOLEAN, true);
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final String topic;
    private final String id;
    private final EventReader reader;

    /**
     * The intake of that pipeline's labels of that name.
     *
     * @throws IllegalArgumentException if its events have no id of their own by which to name them
     */
    public LabelIntake(Pipeline pipeline, String labels) {
        super(pipeline);
        this.topic = pipeline.topics().labels(labels);
        this.id = pipeline.declaration()
                .spec()
                .event()
                .id()
                .orElseThrow(() -> new IllegalArgumentException("labels need an event.id"));
        Schema event = pipeline.eventReader().schema();
        Field own = event.field(event.ordinal(id));
        this.reader = new EventReader(new Schema(List.of(
                new Field(own.name(), own.from(), own.type(), true, own.formats(), own.zone()),
                Field.canonical(LABEL, FieldType.JSON, true))));
    }

    @Override
    public String noun() {
        return "label";
    }

    @Override
    public Schema schema() {
        return reader.schema();
    }

    @Override
    Intake read(Candidate candidate) {
        Reading reading = reader.read(candidate.json());
        if (reading instanceof Reading.Refused refused) {
            return refuse(
                    candidate,
                    refused.violations().stream()
                            .map(LabelIntake::inItsOwnWords)
                            .toList());
        }
        Row row = ((Reading.Read) reading).row();
        JsonNode label = (JsonNode) row.get(LABEL);
        Optional<byte[]> value =
                label.isTextual() ? untexted(candidate.json(), label.textValue()) : asItCame(candidate.json(), label);
        if (value.isEmpty()) {
            return refuse(
                    candidate,
                    List.of(new Violation(
                            LABEL,
                            Violation.Kind.WRONG_TYPE,
                            EXPECTED,
                            label.isTextual() ? "the text '" + label.textValue() + "'" : label.toString())));
        }
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic,
                null,
                System.currentTimeMillis(),
                row.get(id).toString().getBytes(StandardCharsets.UTF_8),
                value.get());
        return new Intake(record, List.of());
    }

    /** To read it, any JSON will do; a person is told what will not be refused either. */
    private static Violation inItsOwnWords(Violation violation) {
        return violation.field().equals(LABEL)
                ? new Violation(LABEL, violation.kind(), EXPECTED, violation.actual())
                : violation;
    }

    private static Optional<byte[]> asItCame(byte[] json, JsonNode label) {
        boolean fits = label.isBoolean() || label.isNumber() && Double.isFinite(label.doubleValue());
        return fits ? Optional.of(json) : Optional.empty();
    }

    private static Optional<byte[]> untexted(byte[] json, String text) {
        Object number = NUMBER.read(text.strip());
        Object said = number == null ? TRUTH.read(text.strip()) : number;
        if (said == null) {
            return Optional.empty();
        }
        try {
            ObjectNode object = (ObjectNode) JSON.readTree(json);
            object.set(LABEL, JSON.valueToTree(said));
            return Optional.of(JSON.writeValueAsBytes(object));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was read once is JSON", e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory can not fail", e);
        }
    }
}
