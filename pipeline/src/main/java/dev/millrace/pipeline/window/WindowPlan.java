package dev.millrace.pipeline.window;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A window bound to an event's fields: which features, over which frames, at which precision. Immutable and thread-safe;
 * the state of a key, {@link KeyState}, is not.
 *
 * <p>A time is cut down to the precision. An event at time t sees the events processed before it, and itself, whose times
 * are in the frame that ends at t less the delay. One that comes out of order sees what is there at its own time and is
 * seen by those that come after it; one that is more than the allowed lateness behind its key's newest event is neither
 * added nor given features.
 */
public final class WindowPlan {
    /** The name under which an aggregate reads the label. */
    public static final String LABEL = "label";

    private static final Schema LABEL_ONLY = new Schema(List.of(Field.canonical(LABEL, FieldType.DOUBLE, false)));
    /** The longest window is kept in about so many chunks. */
    private static final int CHUNKS = 32;

    private static final long[] PRECISIONS = {3_600_000_000L, 60_000_000L, 1_000_000L, 100_000L, 10_000L, 1000L};
    /** A default precision is finer than a thousandth of the shortest window. */
    private static final int FINENESS = 1000;

    private static final long[] NOTHING = {};

    private final Frame[] frames;
    private final Aggregate[] aggregates;
    private final WindowShape shape;
    private final int[] cellOf;
    private final Cells cells;
    private final long precision;
    private final long delay;
    private final long lateness;
    private final long retention;
    private final long chunk;
    private final double unlabelled;
    private final Schema labelled;
    private final boolean readsLabel;
    private final List<Field> features;

    private WindowPlan(
            Schema labelled,
            List<Frame> frames,
            List<Aggregate> aggregates,
            long precision,
            long delay,
            long lateness,
            double unlabelled,
            Optional<WindowShape> stored) {
        this.labelled = labelled;
        this.readsLabel = aggregates.stream().anyMatch(Aggregate::ofLabel);
        this.frames = frames.toArray(Frame[]::new);
        this.aggregates = aggregates.toArray(Aggregate[]::new);
        this.precision = precision;
        this.delay = delay;
        this.lateness = lateness;
        this.unlabelled = unlabelled;
        long reach = frames.stream()
                .mapToLong(frame -> Span.micros(frame.reach()))
                .max()
                .orElse(0);
        this.retention = reach + delay + lateness;
        long fresh = Math.max(1, Math.floorDiv(reach, CHUNKS * precision)) * precision;
        this.shape = stored.orElseGet(() -> shape(precision, fresh, retention, aggregates));
        this.chunk = shape.chunk();
        this.cellOf = aggregates.stream()
                .mapToInt(aggregate -> cellOf(aggregate, shape))
                .toArray();
        this.cells = new Cells(summaries(shape, aggregates));
        this.features = features(frames, aggregates);
    }

    private static WindowShape shape(long precision, long chunk, long retention, List<Aggregate> aggregates) {
        // What is kept begins anywhere in a chunk, and so touches one more than it fills.
        long touched = Math.floorDiv(retention + chunk - 1, chunk) + 1;
        return new WindowShape(
                precision,
                chunk,
                touched,
                aggregates.stream()
                        .map(one -> new WindowShape.Cell(one.name(), one.function(), one.type()))
                        .toList());
    }

    private static int cellOf(Aggregate aggregate, WindowShape shape) {
        for (int i = 0; i < shape.cells().size(); i++) {
            if (shape.cells().get(i).feature().equals(aggregate.name())) {
                return i;
            }
        }
        throw new IllegalArgumentException("the stored state has nothing for the feature '" + aggregate.name() + "'");
    }

    private static List<Summary> summaries(WindowShape shape, List<Aggregate> aggregates) {
        Map<String, Summary> live = new HashMap<>();
        aggregates.forEach(aggregate -> live.put(aggregate.name(), aggregate.summary()));
        return shape.cells().stream()
                .map(cell -> live.getOrDefault(cell.feature(), Summary.of(cell.function(), cell.type(), 0)))
                .toList();
    }

    /**
     * What is to be bound.
     *
     * @param frames the windows, each giving every feature once
     * @param aggregates the features by name
     * @param precision how finely event times are told apart; by default a round thousandth of the shortest window or less
     * @param delay how long before the event the windows end
     * @param lateness how far behind its key's newest event an event may come
     * @param unlabelled the label of an event as long as none has come
     */
    public record Settings(
            List<Frame> frames,
            Map<String, AggregateText> aggregates,
            Optional<Duration> precision,
            Duration delay,
            Duration lateness,
            double unlabelled) {}

    /**
     * The plan of a window over events of that schema.
     *
     * @throws InvalidExpressionException if an expression is not valid
     */
    public static WindowPlan bind(Settings settings, Schema schema) throws InvalidExpressionException {
        return bind(settings, schema, Optional.empty());
    }

    /**
     * The plan of a window that goes on with a state of that shape.
     *
     * @throws InvalidExpressionException if an expression is not valid
     * @throws IllegalArgumentException if the shape has nothing for a feature, or another precision
     */
    public static WindowPlan bind(Settings settings, Schema schema, Optional<WindowShape> stored)
            throws InvalidExpressionException {
        Schema labelled = labelled(schema);
        List<Aggregate> aggregates = new ArrayList<>();
        for (Map.Entry<String, AggregateText> aggregate : settings.aggregates().entrySet()) {
            aggregates.add(Aggregate.bind(aggregate.getKey(), aggregate.getValue(), labelled));
        }
        long precision = settings.precision().map(Span::micros).orElseGet(() -> defaultPrecision(settings.frames()));
        if (stored.isPresent() && stored.get().precision() != precision) {
            throw new IllegalArgumentException("the stored state has another precision");
        }
        return new WindowPlan(
                labelled,
                settings.frames(),
                aggregates,
                precision,
                Span.micros(settings.delay()),
                Span.micros(settings.lateness()),
                settings.unlabelled(),
                stored);
    }

    /** The schema of what an aggregate may read: the event's fields, and the label. */
    public static Schema labelled(Schema schema) {
        return schema.plus(LABEL_ONLY.fields());
    }

    private static long defaultPrecision(List<Frame> frames) {
        long shortest = frames.stream()
                .mapToLong(frame -> Span.micros(frame.reach()))
                .min()
                .orElse(0);
        for (long precision : PRECISIONS) {
            if (precision * FINENESS <= shortest) {
                return precision;
            }
        }
        return PRECISIONS[PRECISIONS.length - 1];
    }

    private static List<Field> features(List<Frame> frames, List<Aggregate> aggregates) {
        List<Field> fields = new ArrayList<>();
        for (Aggregate aggregate : aggregates) {
            for (Frame frame : frames) {
                String name = name(aggregate.name(), frame, frames.size());
                fields.add(Field.canonical(name, aggregate.summary().type(), false));
            }
        }
        return List.copyOf(fields);
    }

    /** The name of a feature in a frame: with the frame's length behind it where there are several. */
    public static String name(String aggregate, Frame frame, int frames) {
        return frames == 1 ? aggregate : aggregate + "_" + frame.suffix();
    }

    /** The fields that the window adds to an event. */
    public List<Field> features() {
        return features;
    }

    /** Whether features read a label. */
    public boolean readsLabel() {
        return readsLabel;
    }

    /** The label of an event as long as none has come. */
    public double unlabelled() {
        return unlabelled;
    }

    /** How the state is stored. */
    public WindowShape shape() {
        return shape;
    }

    /** How far behind its key's newest event an event may come. */
    public Duration allowedLateness() {
        return Duration.of(lateness, ChronoUnit.MICROS);
    }

    /** How long before a key's newest event its state is still needed. */
    public Duration retention() {
        return Duration.of(retention, ChronoUnit.MICROS);
    }

    /** The time at which a stored chunk ends: an older one than the retention can be forgotten. */
    public Instant endOfChunk(byte[] stored) {
        return Instant.EPOCH.plus((chunkOf(ChunkBytes.firstTime(stored)) + 1) * chunk, ChronoUnit.MICROS);
    }

    /**
     * Adds an event to its key's state and says what the windows hold at its time.
     *
     * @throws EvaluationException if an expression has no value on the event; the state is as it was
     */
    public Windowed add(Row event, Instant at, KeyState state) throws EvaluationException {
        long time = floor(Span.micros(at));
        if (!state.reaches(time)) {
            return Windowed.late(features.size());
        }
        int chunk = enter(event, time, state);
        return windowed(state.features(floor(Span.micros(at) - delay)), state, chunk);
    }

    /**
     * What the windows hold at an event's time, the event included, as {@link #add} would say; for who only asks. The state
     * has the event then and is worth nothing more.
     *
     * @return nothing for an event that would come too late to be added
     * @throws EvaluationException if an expression has no value on the event
     */
    public Optional<Object[]> seen(Row event, Instant at, KeyState state) throws EvaluationException {
        long time = floor(Span.micros(at));
        if (!state.reaches(time)) {
            return Optional.empty();
        }
        enter(event, time, state);
        return Optional.of(state.features(floor(Span.micros(at) - delay)));
    }

    /** Adds an event and says the place of the chunk that it is in. */
    private int enter(Row event, long time, KeyState state) throws EvaluationException {
        Object[] contributions = new Object[aggregates.length];
        Row labelled = labelled(event);
        for (int i = 0; i < contributions.length; i++) {
            contributions[i] = aggregates[i].contribution(labelled);
        }
        int chunk = state.chunkOf(time);
        int bucket = state.bucketOf(chunk, time);
        for (int i = 0; i < contributions.length; i++) {
            if (contributions[i] != null) {
                state.add(chunk, bucket, cellOf[i], contributions[i], 1);
            }
        }
        return chunk;
    }

    /** The event's fields that have to be known to tell these features. */
    public Set<String> fieldsFor(Collection<String> names) {
        Set<String> fields = new LinkedHashSet<>();
        for (int i = 0; i < features.size(); i++) {
            if (names.contains(features.get(i).name())) {
                fields.addAll(aggregates[i / frames.length].fields());
            }
        }
        fields.remove(LABEL);
        return fields;
    }

    private Windowed windowed(Object[] features, KeyState state, int chunk) {
        // Before others expire: that changes their order.
        long place = placeOf(state.number(chunk));
        byte[] bytes = state.toBytes(chunk);
        long[] expired = state.expire();
        return new Windowed(features, place, bytes, shape.places() == 0 ? expired : NOTHING, false);
    }

    /**
     * Where a chunk is stored. As chunks go round, one takes the place of one that is over, which so needs no removing; that one
     * may be read again until then, and is older than anything that is asked for.
     */
    private long placeOf(long number) {
        return shape.places() == 0 ? number : Math.floorMod(number, shape.places());
    }

    private Row labelled(Row event) {
        if (!readsLabel) {
            return event;
        }
        Object[] values = event.valuesFor(labelled);
        values[values.length - 1] = unlabelled;
        return new Row(labelled, values);
    }

    /** What the windows hold at that time; the state stays as it is. */
    public Object[] at(Instant time, KeyState state) {
        return state.features(floor(Span.micros(time) - delay));
    }

    /**
     * Changes what an event with a label counts for. It may come before the event itself.
     *
     * @param at the event's time
     * @return the chunk that changed, or nothing where the event is forgotten or counts for the same
     * @throws EvaluationException if an expression has no value on one of the labels; the state is as it was
     */
    public Optional<Windowed> label(Instant at, double before, double after, KeyState state)
            throws EvaluationException {
        long time = floor(Span.micros(at));
        if (!state.remembers(time)) {
            return Optional.empty();
        }
        Object[] removed = new Object[aggregates.length];
        Object[] added = new Object[aggregates.length];
        for (int i = 0; i < added.length; i++) {
            if (aggregates[i].ofLabel()) {
                removed[i] = aggregates[i].contribution(only(before));
                added[i] = aggregates[i].contribution(only(after));
            }
        }
        int chunk = state.chunkOf(time);
        int bucket = state.bucketOf(chunk, time);
        for (int i = 0; i < added.length; i++) {
            if (removed[i] != null) {
                state.add(chunk, bucket, cellOf[i], removed[i], -1);
            }
            if (added[i] != null) {
                state.add(chunk, bucket, cellOf[i], added[i], 1);
            }
        }
        return Optional.of(windowed(new Object[0], state, chunk));
    }

    /** Aggregates that read the label read nothing else. */
    private Row only(double label) {
        Object[] values = new Object[labelled.size()];
        values[values.length - 1] = label;
        return new Row(labelled, values);
    }

    private long floor(long micros) {
        return Math.floorDiv(micros, precision) * precision;
    }

    Frame frame(int frame) {
        return frames[frame];
    }

    /** How many features there are in each frame. */
    int aggregates() {
        return aggregates.length;
    }

    Cells cells() {
        return cells;
    }

    /** The cell of an aggregate. */
    int cellOf(int aggregate) {
        return cellOf[aggregate];
    }

    long lateness() {
        return lateness;
    }

    /** How far behind its key's newest bucket a bucket is still needed. */
    long reach() {
        return retention;
    }

    long chunkOf(long time) {
        return Math.floorDiv(time, chunk);
    }

    long[] begins(long end) {
        long[] begins = new long[frames.length];
        for (int i = 0; i < begins.length; i++) {
            begins[i] = frames[i].begin(end, precision);
        }
        return begins;
    }
}
