package dev.millrace.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a label changes and what a key's state costs; that features are right is {@link WindowPropertyTest}'s. */
class WindowPlanTest {
    private static final Schema SCHEMA = new Schema(List.of(
            Field.canonical("amount", FieldType.DOUBLE, false),
            Field.canonical("pieces", FieldType.INTEGER, false),
            Field.canonical("shop", FieldType.STRING, false)));

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
