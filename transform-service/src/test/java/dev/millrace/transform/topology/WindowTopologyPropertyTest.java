package dev.millrace.transform.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.window.DrawnArrival;
import dev.millrace.pipeline.window.DrawnWindow;
import dev.millrace.pipeline.window.DrawnWindows;
import dev.millrace.pipeline.window.NaiveWindow;
import dev.millrace.transform.TransformMetricsFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/**
 * Two windows by two keys, declared, over whatever comes in whatever order: the whole topology, its stores on the disk and its
 * topics between, says what looking at every event again says.
 */
class WindowTopologyPropertyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The driver has stores flushed after each event, which is slow on a disk. */
    private static final Path MEMORY = Path.of("/dev/shm");

    /** A declaration: a window by customer, the key of the events, and behind it one by terminal. */
    record Declared(DrawnWindow byCustomer, DrawnWindow byTerminal, double unlabelled) {
        @Override
        public String toString() {
            return yaml();
        }

        boolean readsLabels() {
            return byCustomer.unlabelled().isPresent()
                    || byTerminal.unlabelled().isPresent();
        }

        String yaml() {
            return """
                    apiVersion: millrace.dev/v1alpha1
                    kind: Pipeline
                    metadata: { name: drawn }
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
                          amount:   { type: double }
                          pieces:   { type: integer }
                          shop:     { type: string }
                      labels: { outcomes: { otherwise: "%s" } }
                      sinks: [{ postgres: { fact: { table: fact_drawn } } }]
                      transform:
                    """.formatted(unlabelled)
                    + byCustomer.yaml("customer").indent(4)
                    + byTerminal
                            .yaml("terminal")
                            .replaceAll("(?m)^      f", "      by_terminal_f")
                            .indent(4);
        }
    }

    @Provide
    Arbitrary<Declared> declarations() {
        return Arbitraries.of(0.0, 0.25)
                .flatMap(unlabelled -> Combinators.combine(
                                DrawnWindows.windows(unlabelled, 1), DrawnWindows.windows(unlabelled, 1))
                        .as((one, other) -> new Declared(one, other, unlabelled)));
    }

    @Provide
    Arbitrary<List<DrawnArrival>> arrivals() {
        return DrawnWindows.arrivals(60);
    }

    @Property(tries = 15, edgeCases = EdgeCasesMode.NONE)
    void a_declaration_means_what_looking_at_all_events_again_gives(
            @ForAll("declarations") Declared declared, @ForAll("arrivals") List<DrawnArrival> arrivals)
            throws Exception {
        assertEqualToNaive(declared, arrivals);
    }

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
    @Tag("long")
    void many_declarations_mean_what_looking_at_all_events_again_gives(
            @ForAll("declarations") Declared declared, @ForAll("arrivals") List<DrawnArrival> arrivals)
            throws Exception {
        assertEqualToNaive(declared, arrivals);
    }

    private static void assertEqualToNaive(Declared declared, List<DrawnArrival> arrivals) throws Exception {
        NaiveWindow byCustomer = new NaiveWindow(declared.byCustomer(), DrawnArrival.Event::customer);
        NaiveWindow byTerminal = new NaiveWindow(declared.byTerminal(), DrawnArrival.Event::terminal);
        Path state = Files.createTempDirectory(
                Files.isDirectory(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir")), "drawn");
        try (Driven driven = new Driven(declared.yaml(), state)) {
            for (DrawnArrival arrival : arrivals) {
                if (arrival instanceof DrawnArrival.Label label) {
                    byCustomer.add(label);
                    byTerminal.add(label);
                    if (declared.readsLabels()) {
                        driven.send(label);
                    }
                } else if (arrival instanceof DrawnArrival.Event event) {
                    JsonNode row = driven.send(event);
                    Map<String, Object> expected = new HashMap<>();
                    Optional<Map<String, Object>> one = byCustomer.add(event);
                    Optional<Map<String, Object>> other = byTerminal.add(event);
                    one.ifPresent(expected::putAll);
                    other.ifPresent(
                            features -> features.forEach((name, value) -> expected.put("by_terminal_" + name, value)));
                    assertThat(row.path("quality_flags").toString().contains("late"))
                            .as("late: " + row)
                            .isEqualTo(one.isEmpty() || other.isEmpty() && event.terminal() != null);
                    assertEqual(event, row, expected);
                }
            }
        } finally {
            Utils.delete(state.toFile());
        }
    }

    private static void assertEqual(DrawnArrival.Event event, JsonNode row, Map<String, Object> expected) {
        row.fieldNames().forEachRemaining(name -> {
            if (name.matches("(by_terminal_)?f[0-9].*")) {
                assertThat(expected).as("features of " + event.id()).containsKey(name);
            }
        });
        expected.forEach((name, value) -> {
            String what = name + " of " + event.id();
            JsonNode got = row.path(name);
            if (value == null) {
                assertThat(got.isMissingNode() || got.isNull())
                        .as(what + " is nothing: " + got)
                        .isTrue();
            } else if (value instanceof NaiveWindow.About about) {
                assertThat(about.allows(got.doubleValue()))
                        .as(what + ": " + got)
                        .isTrue();
            } else if (value instanceof Double number) {
                assertThat(got.isNumber()).as(what).isTrue();
                assertThat(got.doubleValue()).as(what).isCloseTo(number, within(1e-9 * Math.max(1, Math.abs(number))));
            } else {
                assertThat(got.toString()).as(what).isEqualTo(json(value));
            }
        });
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The topology of a declaration. */
    private static final class Driven implements AutoCloseable {
        private static final Duration LOOK = OrderedProcessor.LOOK;

        private final TopologyTestDriver driver;
        private Instant accepted = Instant.parse("2026-04-01T00:00:00Z");

        Driven(String yaml, Path state) throws Exception {
            Pipeline pipeline = Pipeline.of(DeclarationReader.read("drawn.yaml", yaml));
            Properties properties = new Properties();
            properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
            driver = new TopologyTestDriver(
                    TransformTopology.of(
                            pipeline,
                            pipeline.transform(),
                            TransformMetricsFixture.meters(pipeline),
                            new SizeLimits(100_000, 100_000),
                            1,
                            Optional.of((topic, partition) -> accepted.toEpochMilli() + 1)),
                    properties);
        }

        /** The clean event that comes of that one. */
        JsonNode send(DrawnArrival.Event event) throws IOException {
            ObjectNode json = JSON.createObjectNode()
                    .put("id", event.id())
                    .put("at", event.at().toString())
                    .put("customer", event.customer())
                    .put("terminal", event.terminal())
                    .put("amount", event.amount())
                    .put("pieces", event.pieces())
                    .put("shop", event.shop());
            RecordHeaders headers = new RecordHeaders();
            headers.add(EventHeaders.ID, bytes(event.id()));
            pipe("raw", event.customer(), json.toString(), headers);
            TestOutputTopic<byte[], byte[]> clean = driver.createOutputTopic(
                    "millrace.drawn.clean", new ByteArrayDeserializer(), new ByteArrayDeserializer());
            for (int looks = 0; clean.isEmpty() && looks < 20; looks++) {
                driver.advanceWallClockTime(LOOK);
            }
            assertThat(clean.getQueueSize()).as(event.id()).isEqualTo(1);
            return JSON.readTree(clean.readValue());
        }

        void send(DrawnArrival.Label label) {
            pipe("labels.outcomes", label.id(), "{\"label\":" + label.label() + "}", new RecordHeaders());
        }

        private void pipe(String topic, String key, String value, RecordHeaders headers) {
            accepted = accepted.plusMillis(10);
            driver.createInputTopic("millrace.drawn." + topic, new ByteArraySerializer(), new ByteArraySerializer())
                    .pipeInput(new TestRecord<>(bytes(key), bytes(value), headers, accepted));
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            driver.close();
        }
    }
}
