package dev.millrace.transform.stream;

import static dev.millrace.transform.stream.Orders.ids;
import static dev.millrace.transform.stream.Orders.order;
import static dev.millrace.transform.stream.TopicEnds.header;
import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.local.broker.SeenClients;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.rejection.Rejection;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(LocalBroker.class)
class PipelineStreamsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    LocalBroker broker;
    TopicEnds topics;

    @BeforeEach
    void open() {
        topics = new TopicEnds(broker.bootstrapServers());
    }

    @AfterEach
    void close() {
        topics.close();
    }

    @Test
    void each_event_comes_out_once_with_its_key_headers_and_time_of_acceptance() throws Exception {
        Orders orders = started("once");

        topics.send(orders.raw(), "good", order("good", "12.50"));
        topics.send(orders.raw(), "bad", order("bad", "0"));
        topics.sendOrders(orders, ids("more", 0, 1000));

        await().untilAsserted(() -> assertThat(topics.committed(orders.clean())).hasSize(1001));
        await().untilAsserted(
                        () -> assertThat(topics.committed(orders.rejected())).hasSize(1));
        assertThat(topics.ids(orders.clean())).isEqualTo(sorted(ids("more", 0, 1000), List.of("good")));

        ConsumerRecord<byte[], byte[]> good = topics.committed(orders.clean()).get(0);
        assertThat(JSON.readTree(good.value())).isEqualTo(JSON.readTree("""
                {"order_id":"good","at":"2026-01-02T03:04:05Z","shop":"s","amount":12.50,"note":"","version":1}"""));
        assertThat(good.key()).asString().isEqualTo("s");
        assertThat(good.timestamp()).isEqualTo(TopicEnds.ACCEPTED.toEpochMilli());
        assertThat(header(good, EventHeaders.ID)).isEqualTo("good");
        assertThat(header(good, EventHeaders.TRACEPARENT)).isEqualTo("00-ab-cd-01");

        ConsumerRecord<byte[], byte[]> bad = topics.committed(orders.rejected()).get(0);
        assertThat(bad.timestamp()).isEqualTo(TopicEnds.ACCEPTED.toEpochMilli());
        assertThat(header(bad, Rejection.REASON_HEADER)).isEqualTo("quality.positive");
        assertThat(Rejection.fromJson(bad.value()).original()).isEqualTo(order("bad", "0"));
    }

    @Test
    void every_client_takes_what_is_configured_for_kafka() {
        started("configured");

        await().untilAsserted(() -> assertThat(SeenClients.ids())
                .contains(
                        "millrace-topics",
                        "millrace-probe",
                        "millrace-transform",
                        "millrace-transform-configured-admin",
                        "millrace-transform-configured-StreamThread-1-consumer",
                        "millrace-transform-configured-StreamThread-1-producer"));
    }

    @Test
    void an_edited_pipeline_takes_effect_at_once_and_loses_and_doubles_nothing() {
        Orders orders = started("edited");
        topics.sendOrders(orders, ids("warm", 0, 1));
        await().untilAsserted(() -> assertThat(topics.ids(orders.clean())).hasSize(1));

        List<String> sent = new ArrayList<>(ids("warm", 0, 1));
        for (int edit = 2; edit <= 4; edit++) {
            int version = edit;
            orders.declareIn(broker.pipelines(), version);
            // Events keep coming while the stream stops and starts; some of them meet the new version.
            await().untilAsserted(() -> {
                List<String> next = ids("e" + version, sent.size(), sent.size() + 20);
                topics.sendOrders(orders, next);
                sent.addAll(next);
                assertThat(versions(orders)).contains(version);
            });
        }

        await().untilAsserted(() -> assertThat(topics.ids(orders.clean())).isEqualTo(sorted(sent)));
        assertThat(versions(orders)).isSorted();
    }

    @Test
    void a_pipeline_that_is_deleted_and_declared_again_goes_on_where_it_was() {
        Orders orders = started("again");
        topics.sendOrders(orders, ids("a", 0, 10));
        await().untilAsserted(() -> assertThat(topics.ids(orders.clean())).hasSize(10));

        orders.deleteFrom(broker.pipelines());
        await().untilAsserted(
                        () -> assertThat(get("/q/health/ready").asString()).doesNotContain("\"again\""));
        topics.sendOrders(orders, ids("b", 0, 10));
        orders.declareIn(broker.pipelines(), 1);

        await().untilAsserted(() ->
                assertThat(topics.ids(orders.clean())).isEqualTo(sorted(ids("a", 0, 10), ids("b", 0, 10))));
    }

    @Test
    void rejects_an_event_that_grows_beyond_what_the_clean_topic_takes_and_goes_on() throws Exception {
        Orders orders = new Orders("large");
        makeTopic(orders.clean(), 2_000);
        orders.declareIn(broker.pipelines(), 1);
        awaitRunning(orders);
        topics.sendOrders(orders, ids("small", 0, 1));

        topics.send(orders.raw(), "large", order("large", "1", "x".repeat(3_000)));
        topics.sendOrders(orders, ids("small", 1, 2));

        await().untilAsserted(() -> assertThat(topics.ids(orders.clean())).containsExactly("small-0", "small-1"));
        Rejection rejection = Rejection.fromJson(
                await().until(() -> topics.committed(orders.rejected()), records -> !records.isEmpty())
                        .get(0)
                        .value());
        assertThat(rejection.reason().code()).isEqualTo("too_large");
        assertThat(rejection.eventId()).isEqualTo("large");
        assertThat(rejection.message()).contains("its topic takes 2000");
        assertThat(failures(orders)).isZero();
    }

    @Test
    void a_stream_that_fails_is_back_after_its_pause_without_waiting_for_its_session_to_end() throws Exception {
        Orders orders = started("failing");
        topics.sendOrders(orders, ids("a", 0, 10));
        await().untilAsserted(() -> assertThat(topics.ids(orders.clean())).hasSize(10));

        // The limit is not known to be lower now: the broker refuses the record and the stream thread fails.
        limit(orders.clean(), 2_000);
        topics.send(orders.raw(), "large", order("large", "1", incompressible(6_000)));
        topics.flush();
        await().untilAsserted(() -> assertThat(failures(orders)).isEqualTo(1));
        topics.sendOrders(orders, ids("b", 0, 1000));

        await().untilAsserted(() ->
                assertThat(topics.ids(orders.clean())).isEqualTo(sorted(ids("a", 0, 10), ids("b", 0, 1000))));
        await().untilAsserted(() -> assertThat(topics.ids(orders.rejected())).containsExactly("large"));
        assertThat(failures(orders)).isEqualTo(1);
    }

    @Test
    void counts_events_rejections_and_quality_checks() {
        Orders orders = started("counted");
        topics.send(orders.raw(), "o1", order("o1", "5"));
        topics.send(orders.raw(), "o2", order("o2", "5000"));
        topics.send(orders.raw(), "o3", order("o3", "-5"));
        topics.send(orders.raw(), "o4", new byte[] {'{'});
        topics.flush();
        await().untilAsserted(() -> assertThat(topics.committed(orders.clean())).hasSize(2));
        await().untilAsserted(
                        () -> assertThat(topics.committed(orders.rejected())).hasSize(2));

        String at = "pipeline=\"counted\"";
        assertThat(metric("millrace_events_total", at, "stage=\"transform\"", "outcome=\"ok\""))
                .isEqualTo(2);
        assertThat(metric("millrace_events_total", at, "outcome=\"rejected\"")).isEqualTo(2);
        assertThat(metric("millrace_rejected_total", at, "reason=\"quality.positive\""))
                .isEqualTo(1);
        assertThat(metric("millrace_rejected_total", at, "reason=\"malformed\""))
                .isEqualTo(1);
        assertThat(metric("millrace_quality_checks_total", at, "check=\"positive\"", "result=\"fail\""))
                .isEqualTo(1);
        assertThat(metric("millrace_quality_checks_total", at, "check=\"positive\"", "result=\"pass\""))
                .isEqualTo(2);
        assertThat(metric("millrace_quality_checks_total", at, "check=\"plausible\"", "result=\"fail\""))
                .isEqualTo(1);
        assertThat(metric("millrace_stage_seconds_count", at)).isEqualTo(4);
        assertThat(metric("millrace_age_seconds_count", at)).isEqualTo(4);
        assertThat(failures(orders)).isZero();
    }

    @Test
    void exposes_the_metrics_that_the_reference_page_names_with_their_types_and_labels() throws Exception {
        Orders orders = new Orders("documented");
        orders.declareWithWindowAndLookupIn(broker.pipelines());
        awaitRunning(orders);
        topics.send(orders.raw(), "o1", order("o1", "5"));
        topics.send(orders.raw(), "o2", order("o2", "-5"));
        topics.flush();
        await().untilAsserted(() -> assertThat(topics.committed(orders.clean())).hasSize(1));
        await().untilAsserted(
                        () -> assertThat(topics.committed(orders.rejected())).hasSize(1));

        Path page = Path.of("../docs/reference/metrics.md");
        // Not OpenMetrics, in which a counter's family is named without _total.
        String exposition = given().accept("text/plain").get("/q/metrics").asString();
        assertThat(ExposedMetrics.in(exposition))
                .isEqualTo(ExposedMetrics.documented(Files.readString(page), "transform"));
    }

    @Test
    void a_broker_that_is_killed_makes_it_unready_but_not_dead_and_it_goes_on_when_the_broker_is_back() {
        Orders orders = started("outage");
        topics.sendOrders(orders, ids("a", 0, 10));
        await().untilAsserted(() -> assertThat(topics.ids(orders.clean())).hasSize(10));

        topics.sendOrders(orders, ids("b", 0, 5000));
        broker.kill();
        await().untilAsserted(() -> assertThat(status("/q/health/ready")).isEqualTo(503));
        assertThat(status("/q/health/live")).isEqualTo(200);
        broker.startAgain();

        await().untilAsserted(() -> assertThat(status("/q/health/ready")).isEqualTo(200));
        topics.sendOrders(orders, ids("c", 0, 10));
        List<String> sent = new ArrayList<>(ids("a", 0, 10));
        sent.addAll(ids("b", 0, 5000));
        sent.addAll(ids("c", 0, 10));
        await().untilAsserted(() -> assertThat(topics.ids(orders.clean())).isEqualTo(sorted(sent)));
    }

    private Orders started(String name) {
        Orders orders = new Orders(name);
        orders.declareIn(broker.pipelines(), 1);
        awaitRunning(orders);
        return orders;
    }

    private static void awaitRunning(Orders orders) {
        await().untilAsserted(
                        () -> assertThat(get("/q/health/ready").jsonPath().getString("checks.data." + orders.name()))
                                .contains("running")
                                .contains("RUNNING"));
    }

    private List<Integer> versions(Orders orders) {
        return topics.committed(orders.clean()).stream()
                .map(record -> version(record.value()))
                .toList();
    }

    private static int version(byte[] value) {
        try {
            return JSON.readTree(value).path("version").asInt();
        } catch (Exception e) {
            throw new AssertionError("not JSON: " + new String(value, java.nio.charset.StandardCharsets.UTF_8), e);
        }
    }

    private void limit(String topic, int bytes) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            AlterConfigOp op = new AlterConfigOp(
                    new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes)),
                    AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(op)))
                    .all()
                    .get();
        }
    }

    private void makeTopic(String topic, int largest) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            NewTopic made = new NewTopic(topic, 4, (short) 1)
                    .configs(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(largest)));
            admin.createTopics(List.of(made)).all().get();
        }
    }

    private static String incompressible(int length) {
        return new java.util.Random(1)
                .ints(length, '0', 'z' + 1)
                .filter(Character::isLetterOrDigit)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static double failures(Orders orders) {
        return metric("millrace_stream_failures_total", "pipeline=\"" + orders.name() + "\"");
    }

    private static double metric(String name, String... labels) {
        return get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name + "{") && Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static int status(String path) {
        return get(path).statusCode();
    }

    private static List<String> sorted(List<String> ids) {
        return ids.stream().sorted().toList();
    }

    private static List<String> sorted(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).sorted().toList();
    }
}
