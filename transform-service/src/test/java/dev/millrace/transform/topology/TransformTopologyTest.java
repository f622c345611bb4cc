package dev.millrace.transform.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.transform.TransformMetricsFixture;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransformTopologyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant ACCEPTED = Instant.parse("2026-01-02T03:04:05Z");
    private static final int LARGEST = 10_000;
    private static final String PIPELINE = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: orders }
            spec:
              event:
                id: order_id
                key: shop
                time: at
                fields:
                  order_id: { type: string }
                  at:       { type: timestamp, required: true, formats: ["yyyy-MM-dd HH:mm"], zone: Europe/Brussels }
                  amount:   { type: decimal, required: true }
                  shop:     { type: string }
                  items:    { type: integer }
              quality:
                - { name: positive, check: "amount > 0", otherwise: reject }
                - { name: plausible, check: "amount < 1000", otherwise: flag }
              transform:
                - derive: { each: "amount / double(items)", per: "100 / items" }
            """;

    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> raw;
    private TestOutputTopic<byte[], byte[]> clean;
    private TestOutputTopic<byte[], byte[]> rejected;

    @BeforeEach
    void start() throws Exception {
        Pipeline pipeline = Pipeline.of(DeclarationReader.read("orders.yaml", PIPELINE));
        driver = new TopologyTestDriver(
                TransformTopology.of(
                        pipeline,
                        pipeline.transform(),
                        TransformMetricsFixture.meters(pipeline),
                        new SizeLimits(LARGEST, LARGEST),
                        1,
                        Optional.empty()),
                new Properties());
        raw = driver.createInputTopic("millrace.orders.raw", new ByteArraySerializer(), new ByteArraySerializer());
        clean = output("millrace.orders.clean");
        rejected = output("millrace.orders.rejected");
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void passes_on_a_good_event_typed_with_its_key_headers_and_time_of_acceptance() throws Exception {
        send(
                "{\"order_id\":\"o1\",\"at\":\"2026-07-01 10:00\",\"amount\":\"20.50\",\"shop\":\"s\",\"items\":2,\"x\":1}");

        TestRecord<byte[], byte[]> record = clean.readRecord();
        assertThat(JSON.readTree(record.value())).isEqualTo(JSON.readTree("""
                        {"order_id":"o1","at":"2026-07-01T08:00:00Z","amount":20.50,"shop":"s","items":2,
                         "each":10.25,"per":50}"""));
        assertThat(record.key()).isEqualTo(bytes("s"));
        assertThat(record.getRecordTime()).isEqualTo(ACCEPTED);
        assertThat(record.headers().lastHeader(EventHeaders.ID).value()).isEqualTo(bytes("id-1"));
        assertThat(rejected.isEmpty()).isTrue();
    }

    @Test
    void gives_an_event_without_an_id_the_one_in_its_header() throws Exception {
        send("{\"at\":\"2026-07-01 10:00\",\"amount\":1,\"items\":1}");

        assertThat(JSON.readTree(clean.readValue()).path("order_id").asText()).isEqualTo("id-1");
    }

    @Test
    void flags_what_a_flagging_check_finds_and_lets_it_through() throws Exception {
        send("{\"at\":\"2026-07-01 10:00\",\"amount\":5000,\"items\":1}");

        JsonNode event = JSON.readTree(clean.readValue());
        assertThat(event.path("quality_flags").toString()).isEqualTo("[\"plausible\"]");
    }

    @Test
    void rejects_what_a_rejecting_check_finds_with_the_original_record() {
        String original = "{\"at\":\"2026-07-01 10:00\",\"amount\":0,\"items\":1}";
        send(original);

        Rejection rejection = Rejection.fromJson(rejected.readValue());
        assertThat(rejection.reason().code()).isEqualTo("quality.positive");
        assertThat(rejection.message()).contains("amount > 0");
        assertThat(rejection.original()).isEqualTo(bytes(original));
        assertThat(rejection.headers().get(EventHeaders.ID)).isEqualTo(bytes("id-1"));
        assertThat(rejection.eventId()).isEqualTo("id-1");
        assertThat(clean.isEmpty()).isTrue();
    }

    @Test
    void rejects_an_event_whose_derived_field_has_no_value_although_nothing_is_missing() {
        send("{\"at\":\"2026-07-01 10:00\",\"amount\":1,\"items\":0}");

        assertThat(reason()).isEqualTo("expression_failed");
    }

    @Test
    void leaves_a_derived_field_out_where_its_input_is_missing() throws Exception {
        send("{\"at\":\"2026-07-01 10:00\",\"amount\":1}");

        assertThat(JSON.readTree(clean.readValue()).has("per")).isFalse();
    }

    @Test
    void rejects_what_can_not_be_read_and_goes_on() {
        send("not json");
        assertThat(reason()).isEqualTo("malformed");
        send("{\"at\":\"2026-02-30 10:00\",\"amount\":1}");
        assertThat(reason()).isEqualTo("wrong_type");
        send("{\"amount\":1}");
        assertThat(reason()).isEqualTo("missing_field");
        raw.pipeInput(new TestRecord<>(bytes("k"), null, new RecordHeaders(), ACCEPTED));
        assertThat(reason()).isEqualTo("malformed");
        raw.pipeInput(new TestRecord<>(null, new byte[0], new RecordHeaders(), ACCEPTED));
        assertThat(reason()).isEqualTo("malformed");

        send("{\"at\":\"2026-07-01 10:00\",\"amount\":1}");
        assertThat(clean.isEmpty()).isFalse();
    }

    @Test
    void rejects_what_would_be_too_large_and_shortens_a_rejection_that_would_be() {
        String original = "{\"at\":\"2026-07-01 10:00\",\"amount\":1,\"shop\":\"" + "x".repeat(LARGEST) + "\"}";
        send(original);

        byte[] json = rejected.readValue();
        Rejection rejection = Rejection.fromJson(json);
        assertThat(json.length).isLessThan(LARGEST);
        assertThat(rejection.reason().code()).isEqualTo("too_large");
        assertThat(rejection.message()).contains("takes " + LARGEST).contains("millrace.orders.raw-0@0");
        assertThat(original.getBytes(StandardCharsets.UTF_8)).startsWith(rejection.original());
        assertThat(rejection.headers()).isEmpty();
        assertThat(clean.isEmpty()).isTrue();
    }

    @Test
    void rejects_a_record_whose_id_alone_fills_the_topic_s_largest_record() {
        RecordHeaders headers = new RecordHeaders();
        headers.add(EventHeaders.ID, bytes("i".repeat(LARGEST)));
        raw.pipeInput(new TestRecord<>(bytes("s"), bytes("{}"), headers, ACCEPTED));

        TestRecord<byte[], byte[]> record = rejected.readRecord();
        assertThat(record.key().length + record.value().length).isLessThan(LARGEST / 2);
        Rejection rejection = Rejection.fromJson(record.value());
        assertThat(rejection.reason().code()).isEqualTo("missing_field");
        assertThat(rejection.source()).isEqualTo("millrace.orders.raw-0@0");
    }

    private String reason() {
        return Rejection.fromJson(rejected.readValue()).reason().code();
    }

    private void send(String json) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(EventHeaders.ID, bytes("id-1"));
        raw.pipeInput(new TestRecord<>(bytes("s"), bytes(json), headers, ACCEPTED));
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
