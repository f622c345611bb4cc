package dev.millrace.pipeline;

import dev.millrace.pipeline.declaration.EventDeclaration;
import dev.millrace.pipeline.declaration.EventDeclaration.FieldDeclaration;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.declaration.PipelineDeclaration;
import dev.millrace.pipeline.declaration.StateDeclaration;
import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.RowWriter;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.TimestampFormat;
import dev.millrace.pipeline.topic.Topics;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.pipeline.window.WindowShape;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A declared pipeline, bound: its schemas at each stage, its transform, its topics, and how records of each are read
 * and written. Immutable and thread-safe.
 */
public final class Pipeline {
    /** The scored field that holds the model's score. */
    public static final String SCORE = "score";
    /** The scored field that holds the model's label. */
    public static final String LABEL = "label";
    /** The scored field that names the model. */
    public static final String MODEL = "model";
    /** The scored field that names the model's version. */
    public static final String MODEL_VERSION = "model_version";

    private final PipelineDeclaration declaration;
    private final Topics topics;
    private final Transform transform;
    private final EventReader eventReader;
    private final EventReader cleanReader;
    private final EventReader scoredReader;
    private final RowWriter cleanWriter;
    private final RowWriter scoredWriter;
    private final Optional<String> id;
    private final Optional<String> key;
    private final String time;

    private Pipeline(PipelineDeclaration declaration, Map<String, WindowShape> shapes) {
        EventDeclaration event = declaration.spec().event();
        Schema eventSchema = eventSchema(event);
        this.declaration = declaration;
        this.topics = new Topics(declaration.metadata().name());
        this.transform = Transform.bind(
                eventSchema,
                declaration.spec().quality(),
                declaration.spec().transform(),
                declaration.spec().labels(),
                shapes);
        Schema clean = transform.cleanSchema();
        Schema scored = isScored(declaration) ? clean.plus(scoreFields()) : clean;
        this.eventReader = new EventReader(eventSchema);
        this.cleanReader = new EventReader(clean);
        this.scoredReader = new EventReader(scored);
        this.cleanWriter = new RowWriter(clean);
        this.scoredWriter = new RowWriter(scored);
        this.id = event.id();
        this.key = event.key();
        this.time = eventSchema.field(eventSchema.ordinal(event.time())).name();
    }

    /**
     * The pipeline that was declared.
     *
     * @param declaration one that {@link dev.millrace.pipeline.declaration.DeclarationReader} gave
     * @throws IllegalArgumentException if it has a mistake after all
     */
    public static Pipeline of(PipelineDeclaration declaration) {
        return of(declaration, Map.of());
    }

    /**
     * The pipeline that was declared, whose windows go on with the state that they had.
     *
     * @param shapes how that state is stored, by the steps' names
     * @throws IllegalArgumentException if it has a mistake after all, or a window asks for what the state has not
     */
    public static Pipeline of(PipelineDeclaration declaration, Map<String, WindowShape> shapes) {
        return new Pipeline(declaration, shapes);
    }

    /** The fields of an event as it comes in. */
    public static Schema eventSchema(EventDeclaration event) {
        List<Field> fields = event.fields().entrySet().stream()
                .map(entry -> field(entry.getKey(), entry.getValue()))
                .toList();
        return new Schema(fields);
    }

    private static Field field(String name, FieldDeclaration declared) {
        List<TimestampFormat> formats =
                declared.formats().stream().map(TimestampFormat::of).toList();
        return new Field(
                name,
                declared.from().orElse(name),
                declared.type(),
                declared.required(),
                formats,
                ZoneId.of(declared.zone().orElse("UTC")));
    }

    private static List<Field> scoreFields() {
        return List.of(
                Field.canonical(SCORE, FieldType.DOUBLE, true),
                Field.canonical(LABEL, FieldType.STRING, true),
                Field.canonical(MODEL, FieldType.STRING, true),
                Field.canonical(MODEL_VERSION, FieldType.STRING, true));
    }

    /** The pipeline's name. */
    public String name() {
        return declaration.metadata().name();
    }

    /** What its author wrote. */
    public PipelineDeclaration declaration() {
        return declaration;
    }

    /** The name of the version of its state; empty if the declaration names none. */
    public String stateVersion() {
        return declaration.spec().state().flatMap(StateDeclaration::version).orElse("");
    }

    /** The names of its topics. */
    public Topics topics() {
        return topics;
    }

    /** The topic that is loaded: scored where a model scores events, else clean. */
    public String topicToLoad() {
        return isScored() ? topics.scored() : topics.clean();
    }

    /** Whether a model scores its clean events. */
    public boolean isScored() {
        return isScored(declaration);
    }

    /** Whether a model answers about it, by scores or by lists, so that word of what it answers is kept. */
    public boolean isPredictedFrom() {
        return declaration.spec().model().isPresent();
    }

    private static boolean isScored(PipelineDeclaration declaration) {
        return declaration.spec().model().filter(ModelReference::scores).isPresent();
    }

    /** What happens between raw and clean. */
    public Transform transform() {
        return transform;
    }

    /** Reads events as they come in, and from {@code raw}. */
    public EventReader eventReader() {
        return eventReader;
    }

    /** Reads records of {@code clean}. */
    public EventReader cleanReader() {
        return cleanReader;
    }

    /** Reads records of {@link #topicToLoad()}. */
    public EventReader scoredReader() {
        return scoredReader;
    }

    /** Writes records of {@code clean}. */
    public RowWriter cleanWriter() {
        return cleanWriter;
    }

    /** Writes records of {@code scored}. */
    public RowWriter scoredWriter() {
        return scoredWriter;
    }

    /** The event's own id, if it has one. The row is of any of the pipeline's schemas. */
    public Optional<String> id(Row row) {
        return id.map(row::get).map(Object::toString);
    }

    /** The value by which the event is partitioned: its key's, or the given id where it has none. */
    public String key(Row row, String eventId) {
        Object value = key.isEmpty() ? null : row.get(key.get());
        return value == null ? eventId : value.toString();
    }

    /** When the event happened. */
    public Instant time(Row row) {
        return (Instant) row.get(time);
    }

    /** The row with the event's id in its id field, where that field is a text and was missing. */
    public Row withId(Row row, String eventId) {
        int ordinal = id.map(row.schema()::find).orElse(-1);
        if (ordinal < 0
                || row.get(ordinal) != null
                || row.schema().field(ordinal).type() != FieldType.STRING) {
            return row;
        }
        Object[] values = row.valuesFor(row.schema());
        values[ordinal] = eventId;
        return new Row(row.schema(), values);
    }
}
