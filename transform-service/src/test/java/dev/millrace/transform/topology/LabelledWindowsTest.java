package dev.millrace.transform.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** What labels do to windows, whenever they come and whether their event was counted or not. */
class LabelledWindowsTest extends DrivenOrders {
    private static final String COUNTED_WITHIN_AN_HOUR =
            "- window: { by: terminal, over: [7d], labels: chargebacks, allowed_lateness: 1h,"
                    + " compute: { n: \"count()\", risk: \"sum(label)\", share: \"sum(100 / int(amount))\" } }";

    @Test
    void a_label_counts_whether_it_comes_before_or_behind_its_event_and_the_last_one_holds() throws Exception {
        start(WINDOWS);
        label("t1", "1");
        send("t1", "c1", "m1", 10, "2026-03-01T10:00:00Z");
        send("t2", "c1", "m1", 10, "2026-03-01T10:30:00Z");
        label("t2", "1");
        label("t2", "1");
        send("t3", "c1", "m1", 10, "2026-03-08T23:00:00Z");
        label("t1", "false");
        label("t9", "\"fraud\"");
        send("t4", "c1", "m1", 10, "2026-03-08T23:30:00Z");

        List<TestRecord<byte[], byte[]>> clean = read("clean");
        assertThat(event(clean.get(2)).path("risk").asDouble()).isEqualTo(1.0);
        assertThat(event(clean.get(3)).path("risk").asDouble()).isEqualTo(0.5);
    }

    @Test
    void the_label_of_an_event_that_was_not_counted_counts_for_nothing() throws Exception {
        start(COUNTED_WITHIN_AN_HOUR);
        send("t1", "c1", "m1", 10, "2026-03-05T10:00:00Z");
        send("late", "c1", "m1", 10, "2026-03-05T08:00:00Z");
        send("failing", "c1", "m1", 0, "2026-03-05T10:00:00Z");
        label("late", "true");
        label("failing", "true");
        send("t2", "c1", "m1", 10, "2026-03-05T11:00:00Z");
        label("t1", "true");
        send("t3", "c1", "m1", 10, "2026-03-05T12:00:00Z");

        List<TestRecord<byte[], byte[]>> clean = read("clean");
        assertThat(clean)
                .extracting(record -> event(record).path("id").asText())
                .containsExactly("t1", "late", "t2", "t3");
        assertThat(event(clean.get(2)).path("risk").asDouble()).isEqualTo(0.0);
        assertThat(event(clean.get(3)).path("risk").asDouble()).isEqualTo(1.0);
    }

    @Test
    void what_is_known_of_labels_is_forgotten_too() throws Exception {
        start(COUNTED_WITHIN_AN_HOUR);
        send("t1", "c1", "m1", 10, "2026-03-05T10:00:00Z");
        send("late", "c1", "m1", 10, "2026-03-05T08:00:00Z");
        assertThat(entries("window-terminal-labelled")).isEqualTo(2);
        assertThat(entries("window-terminal-uncounted")).isEqualTo(1);

        accepted = accepted.plus(Duration.ofDays(20));
        send("t2", "c1", "m2", 10, "2026-03-25T10:00:00Z");
        driver.advanceWallClockTime(Duration.ofSeconds(10));

        assertThat(entries("window-terminal-labelled")).isEqualTo(1);
        assertThat(entries("window-terminal-uncounted")).isZero();
    }

    @Test
    void an_event_that_was_not_counted_and_is_sent_again_gets_its_label() throws Exception {
        start(COUNTED_WITHIN_AN_HOUR);
        send("t1", "c1", "m1", 0, "2026-03-05T10:00:00Z");
        accepted = accepted.plusSeconds(1);
        send("t1", "c1", "m1", 0, "2026-03-05T10:00:00Z");
        label("t1", "true");
        accepted = accepted.plusSeconds(1);
        send("t1", "c1", "m1", 10, "2026-03-05T10:00:00Z");
        send("t2", "c1", "m1", 10, "2026-03-05T10:30:00Z");
        label("t1", "false");
        send("t3", "c1", "m1", 10, "2026-03-05T10:45:00Z");

        List<TestRecord<byte[], byte[]>> clean = read("clean");
        assertThat(event(clean.get(1)).path("risk").asDouble()).isEqualTo(1.0);
        assertThat(event(clean.get(2)).path("risk").asDouble()).isEqualTo(0.0);
    }
}
