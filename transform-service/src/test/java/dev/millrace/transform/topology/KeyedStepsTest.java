package dev.millrace.transform.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.rejection.Rejection;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** Steps that keep state, each as its author declares it, from raw to where the events end. */
class KeyedStepsTest extends DrivenOrders {
    @Test
    void windows_by_two_keys_follow_each_other_in_one_topology() throws Exception {
        start(WINDOWS);
        send("t1", "c1", "m1", 10, "2026-03-01T10:00:00Z");
        send("t2", "c2", "m1", 20, "2026-03-01T11:00:00Z");
        send("t3", "c1", "m2", 30, "2026-03-01T12:00:00Z");
        label("t2", "true");
        send("t4", "c1", "m1", 5, "2026-03-08T23:00:00Z");

        List<TestRecord<byte[], byte[]>> clean = read("clean");
        assertThat(clean).hasSize(4);
        assertThat(text(clean.get(2).key())).isEqualTo("c1");
        assertThat(event(clean.get(2)).path("n_1d").asInt()).isEqualTo(2);
        assertThat(event(clean.get(2)).path("spent_7d").asDouble()).isEqualTo(40.0);
        assertThat(event(clean.get(2)).has("risk")).isFalse();
        assertThat(event(clean.get(3)).path("n_1d").asInt()).isEqualTo(1);
        assertThat(event(clean.get(3)).path("n_7d").asInt()).isEqualTo(1);
        assertThat(event(clean.get(3)).path("risk").asDouble()).isEqualTo(0.5);
        assertThat(clean.get(3).headers().toArray())
                .as("headers of the way are left behind")
                .hasSize(1);
    }

    @Test
    void the_features_topic_has_each_keys_features_as_of_its_last_event() throws Exception {
        start(WINDOWS);
        send("t1", "c1", "m1", 10, "2026-03-01T10:00:00Z");
        send("t2", "c1", "m2", 20, "2026-03-01T11:00:00Z");

        TestRecord<byte[], byte[]> last = read("features").stream()
                .filter(record -> text(record.key()).equals("customer=c1"))
                .reduce((one, other) -> other)
                .orElseThrow();
        assertThat(JSON.readTree(last.value())).isEqualTo(JSON.readTree("""
                        {"customer":"c1","at":"2026-03-01T11:00:00Z",
                         "features":{"n_1d":2,"n_7d":2,"spent_1d":30.0,"spent_7d":30.0}}"""));
    }

    @Test
    void a_window_that_is_not_published_gives_features_to_its_events_alone() throws Exception {
        start("- window: { by: customer, over: [1d], compute: { n: \"count()\" }, publish: false }");
        send("t1", "c1", "m1", 10, "2026-03-01T10:00:00Z");

        assertThat(event(read("clean").get(0)).path("n").asInt()).isEqualTo(1);
        assertThat(driver.producedTopicNames())
                .contains("millrace.orders.clean")
                .doesNotContain("millrace.orders.features");
    }

    @Test
    void an_event_that_comes_too_late_goes_on_flagged_and_without_features() throws Exception {
        start("- window: { by: customer, over: [1d], compute: { n: \"count()\" }, allowed_lateness: 1h }");
        send("t1", "c1", "m1", 10, "2026-03-02T10:00:00Z");
        send("t2", "c1", "m1", 10, "2026-03-02T08:30:00Z");
        send("t3", "c1", "m1", 10, "2026-03-02T09:30:00Z");
        send("t4", "c1", "m1", 10, "2026-03-02T10:00:00Z");

        List<TestRecord<byte[], byte[]>> clean = read("clean");
        assertThat(event(clean.get(1)).has("n")).isFalse();
        assertThat(event(clean.get(1)).path("quality_flags").toString()).isEqualTo("[\"late\"]");
        assertThat(event(clean.get(2)).path("n").asInt()).isEqualTo(1);
        assertThat(event(clean.get(3)).path("n").asInt()).isEqualTo(3);
    }

    @Test
    void a_duplicate_is_left_out_with_a_note_and_one_with_other_content_is_rejected() throws Exception {
        start("- deduplicate: { within: 7d }");
        send("t1", "c1", "m1", 10, "2026-03-01T10:00:00Z");
        send("t1", "c1", "m1", 10, "2026-03-01T10:00:00Z");
        send("t1", "c1", "m1", 11, "2026-03-01T10:00:00Z");
        send("t1", "c1", "m1", 10, "2026-03-08T11:00:00Z");

        assertThat(read("clean")).hasSize(2);
        List<TestRecord<byte[], byte[]>> leftOut = read("left-out");
        assertThat(leftOut).hasSize(1);
        assertThat(text(leftOut.get(0).value())).isEqualTo("{\"why\":\"duplicate\"}");
        assertThat(text(leftOut.get(0).headers().lastHeader(EventHeaders.ID).value()))
                .isEqualTo("t1");
        Rejection rejection = Rejection.fromJson(read("rejected").get(0).value());
        assertThat(rejection.reason().code()).isEqualTo("duplicate_id");
        assertThat(text(rejection.original())).contains("\"amount\":11");
        assertThat(rejection.source()).isEqualTo("millrace.orders.raw-0@2");
    }

    @Test
    void duplicates_by_fields_are_found_wherever_they_were() throws Exception {
        start("- deduplicate: { within: 1h, by: [terminal, amount] }");
        send("t1", "c1", "m1", 10, "2026-03-01T10:00:00Z");
        send("t2", "c2", "m1", 10, "2026-03-01T10:30:00Z");
        send("t3", "c2", "m1", 12, "2026-03-01T10:30:00Z");
        send("t4", "c2", "m1", 10, "2026-03-01T11:00:01Z");

        assertThat(read("clean"))
                .extracting(record -> event(record).path("id").asText())
                .containsExactly("t1", "t3", "t4");
        assertThat(read("left-out")).hasSize(1);
    }

    @Test
    void a_rejection_behind_a_window_still_has_the_original_record() throws Exception {
        start("- window: { by: terminal, over: [1d], compute: { n: \"count()\" } }\n- derive: { share: 10 / (n - 2) }");
        send("t1", "c1", "m1", 10, "2026-03-01T10:00:00Z");
        String original = send("t2", "c1", "m1", 10, "2026-03-01T10:30:00Z");

        Rejection rejection = Rejection.fromJson(read("rejected").get(0).value());
        assertThat(rejection.reason().code()).isEqualTo("expression_failed");
        assertThat(text(rejection.original())).isEqualTo(original);
        assertThat(rejection.source()).isEqualTo("millrace.orders.raw-0@1");
        assertThat(rejection.headers()).containsOnlyKeys(EventHeaders.ID);
    }

    @Test
    void the_state_of_keys_that_nothing_comes_for_is_forgotten() throws Exception {
        start("- window: { by: customer, over: [1d], compute: { n: \"count()\" } }\n- deduplicate: { within: 1h }");
        for (int i = 0; i < 100; i++) {
            send("t" + i, "c" + i, "m1", 10, "2026-03-01T10:00:00Z");
        }
        assertThat(entries("window-customer")).isEqualTo(100);
        assertThat(entries("deduplicate")).isEqualTo(100);

        accepted = accepted.plus(Duration.ofDays(4));
        send("t100", "c100", "m1", 10, "2026-03-05T10:00:00Z");
        driver.advanceWallClockTime(Duration.ofSeconds(10));

        assertThat(entries("window-customer")).isEqualTo(1);
        assertThat(entries("deduplicate")).isEqualTo(1);
    }

    @Test
    void a_history_that_is_sent_behind_a_newer_one_is_counted_labelled_and_deduplicated_like_any_other()
            throws Exception {
        start(
                "- deduplicate: { within: 1h }\n"
                        + "- window: { by: terminal, over: [7d], compute: { n: \"count()\", risk: \"sum(label)\" }, labels: chargebacks }");
        send("t1", "c1", "m1", 10, "2026-03-20T10:00:00Z");
        send("t2", "c2", "m2", 10, "2026-01-05T10:00:00Z");
        driver.advanceWallClockTime(Duration.ofSeconds(10));
        send("t2", "c2", "m2", 10, "2026-01-05T10:00:00Z");
        label("t2", "true");
        driver.advanceWallClockTime(Duration.ofSeconds(10));
        send("t3", "c2", "m2", 10, "2026-01-05T11:00:00Z");

        List<TestRecord<byte[], byte[]>> clean = read("clean");
        assertThat(clean)
                .extracting(record -> event(record).path("id").asText())
                .containsExactly("t1", "t2", "t3");
        assertThat(event(clean.get(2)).path("n").asInt()).isEqualTo(2);
        assertThat(event(clean.get(2)).path("risk").asDouble()).isEqualTo(1.0);
    }
}
