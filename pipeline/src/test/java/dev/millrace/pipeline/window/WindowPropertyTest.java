package dev.millrace.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;

/** Any window, whatever comes to it and in whatever order, says what looking at every event again says. */
class WindowPropertyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Schema SCHEMA = new Schema(List.of(
            Field.canonical("amount", FieldType.DOUBLE, false),
            Field.canonical("pieces", FieldType.INTEGER, false),
            Field.canonical("shop", FieldType.STRING, false)));

    @Provide
    Arbitrary<DrawnWindow> windows() {
        return Arbitraries.of(0.0, 0.25).flatMap(unlabelled -> DrawnWindows.windows(unlabelled, 0));
    }

    @Provide
    Arbitrary<List<DrawnArrival>> arrivals() {
        return DrawnWindows.arrivals(150);
    }

    /**
     * @param goneOn whether the state is one from before chunks went round
     * @param readEvery after so many arrivals the state is read from its bytes again
     */
    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void every_feature_is_what_looking_at_all_events_again_gives(
            @ForAll("windows") DrawnWindow window,
            @ForAll("arrivals") List<DrawnArrival> arrivals,
            @ForAll boolean goneOn,
            @ForAll @IntRange(min = 1, max = 50) int readEvery)
            throws Exception {
        WindowPlan plan = plan(window, goneOn);
        NaiveWindow naive = new NaiveWindow(window, DrawnArrival.Event::customer);
        States states = new States(plan);
        boolean late = false;
        boolean relabelled = false;
        for (int i = 0; i < arrivals.size(); i++) {
            if (i % readEvery == 0) {
                states.readBack();
            }
            if (arrivals.get(i) instanceof DrawnArrival.Event event) {
                Optional<Map<String, Object>> expected = naive.add(event);
                assertEqual(states.add(event), expected);
                late |= expected.isEmpty();
            } else if (arrivals.get(i) instanceof DrawnArrival.Label label && plan.readsLabel()) {
                naive.add(label);
                relabelled |= states.label(label);
            }
        }
        // Not only where nothing is hard.
        Statistics.label("late")
                .collect(late)
                .coverage(share -> share.check(true).percentage(over -> over > 25));
        Statistics.label("summed up by chunks")
                .collect(naive.mostTimes() >= 64)
                .coverage(share -> share.check(true).percentage(over -> over > 8));
        Statistics.label("relabelled")
                .collect(relabelled)
                .coverage(share -> share.check(true).percentage(over -> over > 25));
    }

    private static WindowPlan plan(DrawnWindow window, boolean goneOn) throws Exception {
        Map<String, AggregateText> aggregates = new LinkedHashMap<>();
        window.features().forEach(feature -> aggregates.put(feature.name(), AggregateText.of(feature.text())));
        WindowPlan.Settings settings = new WindowPlan.Settings(
                window.frames(),
                aggregates,
                Optional.of(window.precision()),
                window.delay(),
                window.lateness(),
                window.unlabelled().orElse(0.0));
        WindowPlan plan = WindowPlan.bind(settings, SCHEMA);
        if (!goneOn) {
            return plan;
        }
        WindowShape shape = plan.shape();
        return WindowPlan.bind(
                settings, SCHEMA, Optional.of(new WindowShape(shape.precision(), shape.chunk(), 0, shape.cells())));
    }

    private static void assertEqual(Optional<Map<String, Object>> actual, Optional<Map<String, Object>> expected)
            throws Exception {
        assertThat(actual.isPresent()).as("in time").isEqualTo(expected.isPresent());
        if (expected.isEmpty()) {
            return;
        }
        assertThat(actual.get().keySet()).isEqualTo(expected.get().keySet());
        for (Map.Entry<String, Object> feature : expected.get().entrySet()) {
            Object value = actual.get().get(feature.getKey());
            if (feature.getValue() instanceof Double number && value instanceof Double got) {
                assertThat(got).as(feature.getKey()).isCloseTo(number, within(1e-9 * Math.max(1, Math.abs(number))));
            } else if (feature.getValue() instanceof NaiveWindow.About about) {
                assertThat(about.allows((Double) value))
                        .as("%s: %s", value, about)
                        .isTrue();
            } else if (feature.getValue() instanceof List<?> list) {
                assertThat(value).asString().as(feature.getKey()).isEqualTo(JSON.writeValueAsString(list));
            } else {
                assertThat(value).as(feature.getKey()).isEqualTo(feature.getValue());
            }
        }
    }

    /** The state of each key, kept as a store would have it, and what is known of the events that labels name. */
    private static final class States {
        private final WindowPlan plan;
        private final Map<String, KeyState> states = new HashMap<>();
        private final Map<String, TreeMap<Long, byte[]>> stored = new HashMap<>();
        private final Map<String, DrawnArrival.Event> counted = new HashMap<>();
        private final Map<String, Double> labels = new HashMap<>();

        States(WindowPlan plan) {
            this.plan = plan;
        }

        void readBack() {
            stored.forEach((key, chunks) -> {
                KeyState state = new KeyState(plan);
                chunks.values().forEach(state::load);
                states.put(key, state);
            });
        }

        Optional<Map<String, Object>> add(DrawnArrival.Event event) throws Exception {
            Row row = new Row(SCHEMA, event.amount(), event.pieces(), event.shop());
            Windowed windowed = plan.add(row, event.at(), state(event));
            if (windowed.late()) {
                return Optional.empty();
            }
            keep(event, windowed);
            counted.put(event.id(), event);
            if (plan.readsLabel() && labels.containsKey(event.id())) {
                relabel(event, plan.unlabelled(), labels.get(event.id()));
            }
            Map<String, Object> features = new LinkedHashMap<>();
            for (int i = 0; i < windowed.features().length; i++) {
                features.put(plan.features().get(i).name(), windowed.features()[i]);
            }
            return Optional.of(features);
        }

        /** Says whether its event had come. */
        boolean label(DrawnArrival.Label label) throws Exception {
            Double before = labels.put(label.id(), label.label());
            DrawnArrival.Event event = counted.get(label.id());
            if (event == null) {
                return false;
            }
            relabel(event, before == null ? plan.unlabelled() : before, label.label());
            return true;
        }

        private void relabel(DrawnArrival.Event event, double before, double after) throws Exception {
            plan.label(event.at(), before, after, state(event)).ifPresent(windowed -> keep(event, windowed));
        }

        private KeyState state(DrawnArrival.Event event) {
            return states.computeIfAbsent(event.customer(), key -> new KeyState(plan));
        }

        private void keep(DrawnArrival.Event event, Windowed windowed) {
            TreeMap<Long, byte[]> chunks = stored.computeIfAbsent(event.customer(), key -> new TreeMap<>());
            chunks.put(windowed.changed(), windowed.bytes());
            for (long expired : windowed.expired()) {
                chunks.remove(expired);
            }
        }
    }
}
