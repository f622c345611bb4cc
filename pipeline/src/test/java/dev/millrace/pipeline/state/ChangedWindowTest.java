package dev.millrace.pipeline.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.PipelineDeclaration;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.pipeline.window.Windowed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever edit is found compatible: from then on, each event has the features that it would have if the edited
 * declaration had been there from the beginning. Edits, edits of edits, and events are drawn.
 */
class ChangedWindowTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> FEATURES = List.of(
            "n: \"count()\"",
            "big: \"count() where amount > 50.0\"",
            "total: \"sum(amount)\"",
            "average: \"mean(amount)\"",
            "spread: \"stddev(amount)\"",
            "least: \"min(amount)\"",
            "most: \"max(pieces)\"",
            "first_shop: \"first(shop)\"",
            "last_shop: \"last(shop)\"",
            "shops: \"distinct(shop)\"",
            "middle: \"quantile(amount, 0.5)\"",
            "high: \"quantile(amount, 0.9)\"");

    private final Map<Long, byte[]> stored = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void after_a_compatible_edit_features_are_those_of_a_run_from_the_beginning(long seed) throws Exception {
        Random random = new Random(seed);
        List<Object[]> events = events(random);
        List<String> features = FEATURES;
        int days = 10;
        PipelineDeclaration first = draw(random, days, features);
        StateLayout layout = StateLayout.of(Pipeline.of(first), 1);
        run(window(Pipeline.of(first)), events.subList(0, 200), Map.of());
        int compatible = 0;
        for (int from = 200; from < events.size(); from += 40) {
            List<String> fewer = fewer(random, random.nextInt(6) == 0 ? FEATURES : features);
            int length = random.nextInt(6) == 0 ? days + 1 : Math.max(1, days - random.nextInt(3));
            PipelineDeclaration edited = draw(random, length, fewer);
            Change change = Change.of(layout, StateLayout.of(Pipeline.of(edited), 1));
            if (change instanceof Change.Compatible goesOn) {
                compatible++;
                features = fewer;
                days = length;
                layout = goesOn.layout();
                Pipeline bound = Pipeline.of(edited, layout.shapes());
                Map<Integer, Object[]> expected = fromTheBeginning(Pipeline.of(edited), events, from);
                run(window(bound), events.subList(from, from + 40), expected);
            } else {
                from -= 40;
            }
        }
        assertThat(compatible).isEqualTo(5);
    }

    private Map<Integer, Object[]> fromTheBeginning(Pipeline pipeline, List<Object[]> events, int from)
            throws Exception {
        WindowStep step = window(pipeline);
        KeyState state = new KeyState(step.plan());
        Map<Integer, Object[]> features = new TreeMap<>();
        for (int i = 0; i < from + 40; i++) {
            Windowed windowed = step.plan().add(row(step, events.get(i)), (Instant) events.get(i)[1], state);
            if (i >= from) {
                features.put(i - from, windowed.features());
            }
        }
        return features;
    }

    /** On a state that is written and read as in the stream. */
    private void run(WindowStep step, List<Object[]> events, Map<Integer, Object[]> expected) throws Exception {
        KeyState state = new KeyState(step.plan());
        stored.values().forEach(state::load);
        for (int i = 0; i < events.size(); i++) {
            Windowed windowed = step.plan().add(row(step, events.get(i)), (Instant) events.get(i)[1], state);
            assertThat(windowed.late()).isFalse();
            stored.put(windowed.changed(), windowed.bytes());
            for (long expired : windowed.expired()) {
                stored.remove(expired);
            }
            for (int f = 0; expected.containsKey(i) && f < windowed.features().length; f++) {
                assertEqual(step.plan().features().get(f).name(), windowed.features()[f], expected.get(i)[f]);
            }
        }
    }

    private static void assertEqual(String name, Object actual, Object expected) {
        if (expected instanceof Double number) {
            assertThat((Double) actual).as(name).isCloseTo(number, within(1e-9 * Math.max(1, Math.abs(number))));
        } else {
            assertThat(actual).as(name).isEqualTo(expected);
        }
    }

    private static WindowStep window(Pipeline pipeline) {
        return (WindowStep)
                pipeline.transform().keyedStep(pipeline.transform().keyedSteps().get(0));
    }

    private static Row row(WindowStep step, Object[] event) {
        Object[] values = new Object[step.input().size()];
        System.arraycopy(event, 0, values, 0, event.length);
        return new Row(step.input(), values);
    }

    private static List<String> fewer(Random random, List<String> features) {
        List<String> fewer = new ArrayList<>(features);
        Collections.shuffle(fewer, random);
        return fewer.subList(0, Math.max(1, fewer.size() - random.nextInt(3)));
    }

    private static PipelineDeclaration draw(Random random, int days, List<String> features) throws Exception {
        int shorter = 1 + random.nextInt(days);
        String frames = shorter == days || random.nextInt(3) == 0
                ? "session: { gap: 2h, at_most: %dd }".formatted(days)
                : "over: [%dd, %dd]".formatted(shorter, days);
        String yaml = """
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: shops }
                spec:
                  event:
                    key: customer
                    time: at
                    fields:
                      customer: { type: string, required: true }
                      at:       { type: timestamp, required: true }
                      amount:   { type: double }
                      pieces:   { type: integer }
                      shop:     { type: string }
                  transform:
                    - window: { by: customer, %s, precision: 1m, delay: %dm, compute: { %s } }
                """.formatted(frames, 90 - random.nextInt(3), String.join(", ", features));
        return DeclarationReader.read("shops.yaml", yaml);
    }

    /** One key's, up to half a day out of order, over about fifty days. */
    private static List<Object[]> events(Random random) {
        String[] shops = {"a", "b", "c", null};
        List<Object[]> events = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Instant at = BEGIN.plus(Duration.ofHours(3L * i)).minusSeconds(random.nextInt(12 * 3600));
            events.add(new Object[] {
                "k",
                at,
                random.nextInt(5) == 0 ? null : random.nextInt(1000) / 10.0,
                (long) random.nextInt(9),
                shops[random.nextInt(shops.length)]
            });
        }
        return events;
    }
}
