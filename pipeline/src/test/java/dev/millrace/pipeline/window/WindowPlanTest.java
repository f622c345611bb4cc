package dev.millrace.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows against a reference that looks at every event again for each event. */
class WindowPlanTest {
    private static final Schema SCHEMA = new Schema(List.of(
            Field.canonical("amount", FieldType.DOUBLE, false),
            Field.canonical("pieces", FieldType.INTEGER, false),
            Field.canonical("shop", FieldType.STRING, false)));

    private static final Map<String, String> FEATURES = new LinkedHashMap<>();

    static {
        FEATURES.put("n", "count()");
        FEATURES.put("large", "count() where amount > 50.0");
        FEATURES.put("total", "sum(amount)");
        FEATURES.put("pieces_total", "sum(pieces) where shop != 'a'");
        FEATURES.put("average", "mean(amount)");
        FEATURES.put("spread", "stddev(amount)");
        FEATURES.put("least", "min(amount)");
        FEATURES.put("most", "max(pieces)");
        FEATURES.put("first_shop", "first(shop)");
        FEATURES.put("last_shop", "last(shop)");
        FEATURES.put("shops", "distinct(shop)");
        FEATURES.put("middle", "quantile(amount, 0.5)");
        FEATURES.put("recent_shops", "recent(shop, 2)");
        FEATURES.put("recent_pieces", "recent(pieces, 40) where amount > 20.0");
    }

    private record Event(Instant at, Row row) {}

    /** Frames, delays, precisions, lateness and orders are drawn; every feature of every event has to be equal. */
    @ParameterizedTest
    @ValueSource(
            longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26})
    void every_feature_is_what_looking_at_all_events_again_gives(long seed) throws Exception {
        Random random = new Random(seed);
        WindowPlan.Settings settings = draw(random);
        WindowPlan plan = seed % 3 == 0 ? withoutPlaces(settings) : WindowPlan.bind(settings, SCHEMA);
        Reference reference = new Reference(settings, plan);
        Stored stored = new Stored(plan);
        for (Event event : events(random)) {
            Windowed windowed = plan.add(event.row(), event.at(), stored.state(random.nextInt(20) == 0));
            stored.keep(windowed);
            List<Object> expected = reference.add(event);

            assertThat(windowed.late()).isEqualTo(expected == null);
            for (int i = 0; expected != null && i < expected.size(); i++) {
                assertEqual(plan.features().get(i).name(), windowed.features()[i], expected.get(i));
            }
        }
        assertThat(reference.counted).as("events in time").isGreaterThan(200);
    }

    /** As a state from before chunks went round is gone on with. */
    private static WindowPlan withoutPlaces(WindowPlan.Settings settings) throws Exception {
        WindowShape shape = WindowPlan.bind(settings, SCHEMA).shape();
        return WindowPlan.bind(
                settings, SCHEMA, Optional.of(new WindowShape(shape.precision(), shape.chunk(), 0, shape.cells())));
    }

    private static void assertEqual(String name, Object actual, Object expected) {
        if (expected instanceof Double number) {
            assertThat((Double) actual).as(name).isCloseTo(number, within(1e-9 * Math.max(1, Math.abs(number))));
        } else if (name.startsWith("recent")) {
            assertThat(actual == null ? null : actual.toString()).as(name).isEqualTo(expected);
        } else {
            assertThat(actual).as(name).isEqualTo(expected);
        }
    }

    private static WindowPlan.Settings draw(Random random) throws InterruptedException {
        Map<String, AggregateText> aggregates = new LinkedHashMap<>();
        FEATURES.forEach((name, text) -> aggregates.put(name, AggregateText.of(text)));
        List<Duration> precisions = List.of(Duration.ofNanos(1000), Duration.ofSeconds(1), Duration.ofMinutes(1));
        return new WindowPlan.Settings(
                drawFrames(random),
                aggregates,
                Optional.of(precisions.get(random.nextInt(3))),
                random.nextBoolean() ? Duration.ZERO : Duration.ofMinutes(random.nextInt(90)),
                Duration.ofMinutes(random.nextInt(60)),
                0);
    }

    private static List<Frame> drawFrames(Random random) {
        List<Frame> frames = new ArrayList<>();
        switch (random.nextInt(4)) {
            case 0 -> frames.add(new Frame.Tumbling(Duration.ofMinutes(30)));
            case 1 -> frames.add(new Frame.Hopping(Duration.ofMinutes(60), Duration.ofMinutes(10)));
            case 2 -> frames.add(new Frame.Session(Duration.ofMinutes(7), Duration.ofHours(2)));
            default ->
                Stream.of(10, 120, 1440)
                        .limit(1 + random.nextInt(3))
                        .forEach(minutes -> frames.add(new Frame.Sliding(Duration.ofMinutes(minutes))));
        }
        Collections.shuffle(frames, random);
        return frames;
    }

    /** Some come late, some at the same time, some fields are missing. */
    private static List<Event> events(Random random) {
        List<Event> events = new ArrayList<>();
        long time = 0;
        for (int i = 0; i < 400; i++) {
            time += random.nextInt(6) == 0 ? random.nextInt(3_600_000) : random.nextInt(300_000);
            long at = random.nextInt(5) == 0 ? time - random.nextInt(4_000_000) : time;
            events.add(new Event(
                    Instant.parse("2026-03-01T00:00:00Z").plusMillis(at / 500 * 500),
                    new Row(
                            SCHEMA,
                            random.nextInt(10) == 0 ? null : (Object) (random.nextInt(10_000) / 100.0),
                            random.nextInt(10) == 0 ? null : (Object) (long) random.nextInt(100),
                            random.nextInt(10) == 0 ? null : Character.toString('a' + random.nextInt(5)))));
        }
        return events;
    }

    /** The state as a store would have it, read back now and then. */
    private static final class Stored {
        private final WindowPlan plan;
        private final TreeMap<Long, byte[]> chunks = new TreeMap<>();
        private KeyState state;

        Stored(WindowPlan plan) {
            this.plan = plan;
            this.state = new KeyState(plan);
        }

        KeyState state(boolean readBack) {
            if (readBack) {
                state = new KeyState(plan);
                chunks.values().forEach(state::load);
            }
            return state;
        }

        void keep(Windowed windowed) {
            if (windowed.bytes() != null) {
                chunks.put(windowed.changed(), windowed.bytes());
            }
            for (long expired : windowed.expired()) {
                chunks.remove(expired);
            }
        }
    }

    private static final class Reference {
        private final WindowPlan.Settings settings;
        private final long precision;
        private final Map<Long, List<Event>> byTime = new TreeMap<>();
        private long newest = Long.MIN_VALUE;
        private int counted;

        Reference(WindowPlan.Settings settings, WindowPlan plan) {
            this.settings = settings;
            this.precision = Span.micros(settings.precision().orElseThrow());
        }

        private long cut(Instant time) {
            return Math.floorDiv(Span.micros(time), precision) * precision;
        }

        List<Object> add(Event event) {
            long time = cut(event.at());
            if (newest != Long.MIN_VALUE && time < newest - Span.micros(settings.lateness())) {
                return null;
            }
            counted++;
            newest = Math.max(newest, time);
            byTime.computeIfAbsent(time, key -> new ArrayList<>()).add(event);
            long end = cut(event.at().minus(settings.delay()));
            List<Object> results = new ArrayList<>();
            for (Map.Entry<String, String> feature : FEATURES.entrySet()) {
                for (Frame frame : settings.frames()) {
                    results.add(result(feature.getKey(), inFrame(frame, end)));
                }
            }
            return results;
        }

        private List<Row> inFrame(Frame frame, long end) {
            long begin = frame instanceof Frame.Session session ? sessionBegin(session, end) : begin(frame, end);
            List<Row> rows = new ArrayList<>();
            byTime.forEach((time, events) -> {
                if (time >= begin && time <= end) {
                    events.forEach(event -> rows.add(event.row()));
                }
            });
            return rows;
        }

        private long begin(Frame frame, long end) {
            if (frame instanceof Frame.Sliding sliding) {
                return end - Span.micros(sliding.length()) + precision;
            }
            if (frame instanceof Frame.Tumbling tumbling) {
                return end - Math.floorMod(end, Span.micros(tumbling.size()));
            }
            Frame.Hopping hopping = (Frame.Hopping) frame;
            long every = Span.micros(hopping.every());
            return end - Math.floorMod(end, every) + every - Span.micros(hopping.size());
        }

        private long sessionBegin(Frame.Session session, long end) {
            long begin = end;
            List<Long> times = new ArrayList<>(byTime.keySet());
            Collections.reverse(times);
            for (long time : times) {
                if (time <= end) {
                    boolean within =
                            begin - time <= Span.micros(session.gap()) && time > end - Span.micros(session.atMost());
                    if (!within) {
                        break;
                    }
                    begin = time;
                }
            }
            return begin;
        }

        private static Object result(String feature, List<Row> rows) {
            List<Double> amounts = values(rows, 0);
            List<String> shops = values(rows, 2);
            return switch (feature) {
                case "n" -> (long) rows.size();
                case "large" -> amounts.stream().filter(amount -> amount > 50).count();
                case "total" -> amounts.stream().mapToDouble(x -> x).sum();
                case "pieces_total" ->
                    rows.stream()
                            .filter(row -> row.get(2) != null && !row.get(2).equals("a"))
                            .filter(row -> row.get(1) != null)
                            .mapToLong(row -> (Long) row.get(1))
                            .sum();
                case "average" -> amounts.isEmpty() ? null : (Object) mean(amounts);
                case "spread" -> spread(amounts);
                case "least" -> amounts.stream().min(Double::compare).orElse(null);
                case "most" ->
                    WindowPlanTest.<Long>values(rows, 1).stream()
                            .max(Long::compare)
                            .orElse(null);
                case "first_shop" -> shops.isEmpty() ? null : shops.get(0);
                case "last_shop" -> shops.isEmpty() ? null : shops.get(shops.size() - 1);
                case "shops" -> shops.stream().distinct().count();
                case "recent_shops" -> recent(shops, 2);
                case "recent_pieces" ->
                    recent(
                            WindowPlanTest.<Long>values(
                                    rows.stream()
                                            .filter(row -> row.get(0) != null && (Double) row.get(0) > 20)
                                            .toList(),
                                    1),
                            40);
                default -> middle(amounts);
            };
        }

        private static Object recent(List<?> values, int most) {
            List<Object> latestFirst = new ArrayList<>(values);
            Collections.reverse(latestFirst);
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            latestFirst.stream().distinct().limit(most).forEach(array::addPOJO);
            return array.isEmpty() ? null : array.toString();
        }

        private static double mean(List<Double> amounts) {
            return amounts.stream().mapToDouble(x -> x).average().orElseThrow();
        }

        private static Object spread(List<Double> amounts) {
            if (amounts.size() < 2) {
                return null;
            }
            double mean = mean(amounts);
            double squares =
                    amounts.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
            return Math.sqrt(squares / (amounts.size() - 1));
        }

        /** The smallest value at whose rank at least half of the values are. */
        private static Object middle(List<Double> amounts) {
            if (amounts.isEmpty()) {
                return null;
            }
            List<Double> sorted = amounts.stream().sorted().toList();
            return sorted.get((int) Math.ceil(sorted.size() * 0.5) - 1);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> List<T> values(List<Row> rows, int ordinal) {
        return rows.stream()
                .map(row -> (T) row.get(ordinal))
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    void a_label_that_comes_later_changes_what_delayed_windows_count_whether_before_or_behind_its_event()
            throws Exception {
        WindowPlan plan = WindowPlan.bind(
                new WindowPlan.Settings(
                        List.of(new Frame.Sliding(Duration.ofDays(7))),
                        Map.of("risk", AggregateText.of("mean(label)")),
                        Optional.of(Duration.ofSeconds(1)),
                        Duration.ofDays(7),
                        Duration.ofDays(1),
                        0),
                SCHEMA);
        Instant first = Instant.parse("2026-03-01T10:00:00Z");
        Row row = new Row(SCHEMA, 1.0, 1L, "a");
        KeyState state = new KeyState(plan);
        plan.label(first.plusSeconds(1), 0, 1, state);
        for (int i = 0; i < 4; i++) {
            plan.add(row, first.plusSeconds(i), state);
        }
        Instant later = first.plus(Duration.ofDays(8));

        assertThat(plan.at(later, state)).containsExactly(0.25);

        plan.label(first.plusSeconds(2), 0, 1, state);
        assertThat(plan.at(later, state)).containsExactly(0.5);

        plan.label(first.plusSeconds(1), 1, 0, state);
        assertThat(plan.at(later, state)).containsExactly(0.25);
        assertThat(plan.at(first.plus(Duration.ofDays(6)), state)).containsExactly((Object) null);
    }

    @Test
    void the_state_of_a_key_is_bounded_by_its_longest_window() throws Exception {
        WindowPlan plan = WindowPlan.bind(
                new WindowPlan.Settings(
                        List.of(new Frame.Sliding(Duration.ofDays(1))),
                        Map.of("n", AggregateText.of("count()")),
                        Optional.empty(),
                        Duration.ZERO,
                        Duration.ofHours(1),
                        0),
                SCHEMA);
        Row row = new Row(SCHEMA, 1.0, 1L, "a");
        Map<Long, byte[]> store = new HashMap<>();
        KeyState state = new KeyState(plan);
        Instant at = Instant.parse("2026-03-01T00:00:00Z");
        for (int second = 0; second < 5 * 86_400; second += 5) {
            Windowed windowed = plan.add(row, at.plusSeconds(second), state);
            store.put(windowed.changed(), windowed.bytes());
            for (long expired : windowed.expired()) {
                store.remove(expired);
            }
        }

        assertThat(plan.at(at.plusSeconds(5 * 86_400 - 1), state)).containsExactly(86_400L / 5);
        assertThat(state.size()).as("buckets of a minute").isBetween(25 * 60, 26 * 60 + 1);
        assertThat(store).hasSizeLessThan(36);
    }
}
