package dev.millrace.transform.stream;

import static io.restassured.RestAssured.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.pipeline.rejection.Rejection;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lookups in the running service: events see what the file and the topic said last. */
@QuarkusTest
@WithTestResource(LocalBroker.class)
class LookupStreamTest {
    private static final String RAW = "millrace.rides.raw";
    private static final String CLEAN = "millrace.rides.clean";
    private static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: rides }
            spec:
              event: { time: at, fields: { at: { type: timestamp, required: true }, zone: { type: integer }, driver: { type: string } } }
              transform:
                - lookup: { from: { file: zones.csv }, by: zone, add: { city: { type: string } } }
                - lookup: { from: { topic: drivers }, by: driver, add: { rank: { type: integer } }, otherwise: reject }
                - select: [at, city, rank]
              sinks: [{ postgres: { fact: { table: fact_ride } } }]
            """;

    LocalBroker broker;
    TopicEnds topics;
    int sent;

    @BeforeEach
    void open() {
        topics = new TopicEnds(broker.bootstrapServers());
    }

    @AfterEach
    void close() throws IOException {
        Files.deleteIfExists(broker.pipelines().resolve("rides.yaml"));
        topics.close();
    }

    @Test
    void waits_for_its_references_and_then_sees_each_change_of_them() throws Exception {
        Files.writeString(broker.pipelines().resolve("rides.yaml"), YAML);
        awaitHealth("there is no reference file " + broker.pipelines().resolve("zones.csv"));
        zones("zone,city\n7,Ghent\n");
        awaitHealth("there is no reference topic 'drivers'");
        makeTopic();
        driver("d1", "{\"rank\": 3}");
        driver("d2", "{\"rank\": 1}");
        await().untilAsserted(() -> assertThat(get("/q/health/ready").jsonPath().getString("checks.data.rides"))
                .contains("RUNNING"));

        // The second driver may be known a moment later than the first: the topic is read to an end that moves.
        awaitClean("d2", "\"city\":\"Ghent\",\"rank\":1");
        assertThat(clean("d1")).contains("\"city\":\"Ghent\",\"rank\":3");
        awaitHealth("1 rows");

        driver("d1", "{\"rank\": 4}");
        awaitClean("d1", "\"rank\":4");

        zones("zone,city\n7,Gent\n");
        awaitClean("d1", "\"city\":\"Gent\"");

        zones("zone,city\n7\n");
        awaitHealth("line 2: the record: expected 2 cells, as in the header, got 1 cells");
        assertThat(clean("d1")).contains("\"city\":\"Gent\"");
        assertThat(get("/q/metrics").asString())
                .contains("millrace_reference_rows{pipeline=\"rides\",reference=\"drivers\"} 2.0")
                .contains("millrace_reference_problem{pipeline=\"rides\",reference=\"drivers\"} 0.0")
                .contains("millrace_reference_problem{pipeline=\"rides\",reference=\"zones.csv\"} 1.0");

        driver("d1", null);
        await().untilAsserted(() -> {
            send("d1");
            assertThat(topics.committed("millrace.rides.rejected")).isNotEmpty();
        });
        Rejection rejection = Rejection.fromJson(
                topics.committed("millrace.rides.rejected").get(0).value());
        assertThat(rejection.reason().code()).isEqualTo("no_match");
        assertThat(rejection.message()).isEqualTo("no row of 'drivers' for driver 'd1'");
    }

    private void awaitClean(String driver, String part) {
        await().untilAsserted(() -> assertThat(clean(driver)).contains(part));
    }

    /** What an event sent now comes to. */
    private String clean(String driver) {
        String id = send(driver);
        return await().until(
                        () -> topics.committed(CLEAN).stream()
                                .filter(record -> id.equals(TopicEnds.header(record, "ce_id")))
                                .map(record -> new String(record.value(), UTF_8))
                                .findFirst()
                                .orElseGet(() -> isRejected(id) ? "rejected" : ""),
                        value -> !value.isEmpty());
    }

    private boolean isRejected(String id) {
        return topics.ids("millrace.rides.rejected").contains(id);
    }

    private String send(String driver) {
        String id = "r" + sent++;
        topics.send(
                RAW,
                id,
                ("{\"at\": \"2026-03-01T10:00:00Z\", \"zone\": 7, \"driver\": \"" + driver + "\"}").getBytes(UTF_8));
        topics.flush();
        return id;
    }

    private static void awaitHealth(String part) {
        await().untilAsserted(
                        () -> assertThat(get("/q/health/ready").asString()).contains(part));
    }

    private void zones(String csv) throws IOException {
        Path draft = Files.writeString(broker.pipelines().resolve("zones.draft"), csv);
        Files.move(draft, broker.pipelines().resolve("zones.csv"), StandardCopyOption.REPLACE_EXISTING);
    }

    private void makeTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            NewTopic topic = new NewTopic("drivers", 2, (short) 1)
                    .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    private void driver(String driver, String json) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            "drivers", driver.getBytes(UTF_8), json == null ? null : json.getBytes(UTF_8)))
                    .get();
        }
    }
}
