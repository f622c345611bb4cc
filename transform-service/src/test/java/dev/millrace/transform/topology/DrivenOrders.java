package dev.millrace.transform.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.transform.TransformMetricsFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline of orders whose steps a test declares, run through the whole topology without a broker. */
abstract class DrivenOrders {
    static final ObjectMapper JSON = new ObjectMapper();
    /** Windows by two keys, the second with labels. */
    static final String WINDOWS = """
            - window: { by: customer, over: [1d, 7d], compute: { n: "count()", spent: "sum(amount)" }, precision: 1s }
            - window: { by: terminal, over: [7d], delay: 7d, compute: { risk: "mean(label)" }, labels: chargebacks, precision: 1s }
            """;

    @TempDir
    Path state;

    /** When what is sent next is accepted. */
    Instant accepted = Instant.parse("2026-04-01T00:00:00Z");

    private Pipeline pipeline;
    TopologyTestDriver driver;

    @AfterEach
    void stop() {
        driver.close();
    }

    long entries(String store) {
        long entries = 0;
        KeyValueStore<?, ?> found = driver.getKeyValueStore(store);
        if (found == null) {
            found = ((HeldStore<?>) driver.getStateStore(store)).entries();
        }
        try (KeyValueIterator<?, ?> all = found.all()) {
            while (all.hasNext()) {
                KeyValue<?, ?> entry = all.next();
                assertThat(entry.value).isNotNull();
                entries++;
            }
        }
        return entries;
    }

    void start(String steps) throws Exception {
        String yaml = """
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: orders }
                spec:
                  event:
                    id: id
                    key: customer
                    time: at
                    fields:
                      id:       { type: string, required: true }
                      at:       { type: timestamp, required: true }
                      customer: { type: string, required: true }
                      terminal: { type: string }
                      amount:   { type: decimal }
                  labels: { chargebacks: {} }
                  sinks: [{ postgres: { fact: { table: fact_order } } }]
                  transform:
                """;
        pipeline = Pipeline.of(DeclarationReader.read("orders.yaml", yaml + steps.indent(4)));
        Properties properties = new Properties();
        properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        driver = new TopologyTestDriver(
                TransformTopology.of(
                        pipeline,
                        pipeline.transform(),
                        TransformMetricsFixture.meters(pipeline),
                        new SizeLimits(100_000, 100_000),
                        4,
                        Optional.empty()),
                properties);
    }

    String send(String id, String customer, String terminal, int amount, String at) {
        String json = "{\"id\":\"%s\",\"at\":\"%s\",\"customer\":\"%s\",\"terminal\":\"%s\",\"amount\":%d}"
                .formatted(id, at, customer, terminal, amount);
        RecordHeaders headers = new RecordHeaders();
        headers.add(EventHeaders.ID, bytes(id));
        driver.createInputTopic("millrace.orders.raw", new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(new TestRecord<>(bytes(customer), bytes(json), headers, accepted));
        return json;
    }

    void label(String id, String label) {
        driver.createInputTopic(
                        "millrace.orders.labels.chargebacks", new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(new TestRecord<>(
                        bytes(id),
                        bytes("{\"id\":\"" + id + "\",\"label\":" + label + "}"),
                        new RecordHeaders(),
                        accepted));
    }

    List<TestRecord<byte[], byte[]>> read(String topic) {
        return new ArrayList<>(driver.createOutputTopic(
                        "millrace.orders." + topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList());
    }

    static JsonNode event(TestRecord<byte[], byte[]> record) {
        try {
            return JSON.readTree(record.value());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
