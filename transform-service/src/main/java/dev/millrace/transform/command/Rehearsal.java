package dev.millrace.transform.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.service.file.FileRecord;
import dev.millrace.service.file.RecordReader;
import dev.millrace.transform.TransformMetrics;
import dev.millrace.transform.topology.SizeLimits;
import dev.millrace.transform.topology.TransformTopology;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/**
 * A pipeline's transform without a broker: the service's own topology, driven by Kafka Streams' test driver, which takes
 * a record through all of it before the next. Its stores are in a folder that is deleted in the end. One thread.
 */
final class Rehearsal implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Where Linux keeps files in memory: the test driver has RocksDB flush its stores after each record. */
    private static final Path MEMORY = Path.of("/dev/shm");
    /** What a topic takes by default. */
    private static final SizeLimits LIMITS = new SizeLimits(1024 * 1024, 1024 * 1024);

    private final Pipeline pipeline;
    private final String source;
    private final Path state;
    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> raw;
    private final List<Row> rows = new ArrayList<>();
    private long number;

    /**
     * A rehearsal with nothing in its stores.
     *
     * @param source where events come from, which makes the ids of those that have none
     * @param readied the pipeline's transform with the secrets and references that it needs
     */
    Rehearsal(Pipeline pipeline, String source, Transform readied) throws IOException {
        this.pipeline = pipeline;
        this.source = source;
        Transform transform = readied.toldTo(this::reached);
        this.state = Files.isWritable(MEMORY)
                ? Files.createTempDirectory(MEMORY, "millrace-try")
                : Files.createTempDirectory("millrace-try");
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, pipeline.topics().transform(""));
        properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        this.driver = new TopologyTestDriver(
                TransformTopology.of(
                        pipeline,
                        transform,
                        new TransformMetrics(new SimpleMeterRegistry()).of(pipeline),
                        LIMITS,
                        1,
                        Optional.empty()),
                properties);
        this.raw = input(pipeline.topics().raw());
    }

    private void reached(int place, Row row) {
        if (place == rows.size()) {
            rows.add(row);
        }
    }

    /** Takes in a label of an event. */
    void label(String labels, String id, byte[] json) {
        input(pipeline.topics().labels(labels)).pipeInput(bytes(id), json, Instant.now());
        forget();
    }

    /** Takes a record of a file as far as it comes. */
    Trial play(FileRecord record) {
        number++;
        if (record instanceof FileRecord.Broken broken) {
            return refused(record, List.of(broken.violation()), broken.original());
        }
        if (record instanceof FileRecord.TooLarge large) {
            return new Trial(
                    record.where(),
                    "",
                    List.of(),
                    new Trial.Rejected(
                            Stage.INGEST,
                            RejectionReason.TOO_LARGE.code(),
                            "the record: expected at most " + RecordReader.MAX_RECORD_BYTES + " bytes, got more",
                            text(large.beginning())));
        }
        byte[] json = ((FileRecord.Readable) record).json();
        Reading reading = pipeline.eventReader().read(json);
        if (reading instanceof Reading.Refused refused) {
            return refused(record, refused.violations(), json);
        }
        return play(record.where(), json, ((Reading.Read) reading).row());
    }

    private static Trial refused(FileRecord record, List<Violation> violations, byte[] original) {
        String message = violations.stream().map(Violation::message).collect(Collectors.joining("; "));
        String reason = RejectionReason.of(violations).code();
        return new Trial(
                record.where(), "", List.of(), new Trial.Rejected(Stage.INGEST, reason, message, text(original)));
    }

    private Trial play(String where, byte[] json, Row event) {
        String id = pipeline.id(event).orElseGet(() -> EventId.of("file:" + source, number));
        RecordHeaders headers = new RecordHeaders();
        new EventHeaders(id, source, "millrace." + pipeline.name(), pipeline.time(event), Optional.empty())
                .writeTo(headers::add);
        rows.clear();
        raw.pipeInput(new TestRecord<>(bytes(pipeline.key(event, id)), json, headers, Instant.now()));
        Trial trial = new Trial(where, id, List.copyOf(rows), ending());
        forget();
        return trial;
    }

    private Trial.Ending ending() {
        if (!read(pipeline.topics().clean()).isEmpty()) {
            return new Trial.Clean();
        }
        List<byte[]> rejected = read(pipeline.topics().rejected());
        if (!rejected.isEmpty()) {
            Rejection rejection = Rejection.fromJson(rejected.get(0));
            return new Trial.Rejected(
                    rejection.stage(), rejection.reason().code(), rejection.message(), text(rejection.original()));
        }
        List<byte[]> leftOut = read(pipeline.topics().leftOut());
        if (leftOut.isEmpty()) {
            throw new IllegalStateException("an event came to no end");
        }
        try {
            return new Trial.LeftOut(JSON.readTree(leftOut.get(0)).path("why").asText());
        } catch (IOException e) {
            throw new UncheckedIOException("the topology writes JSON", e);
        }
    }

    private List<byte[]> read(String topic) {
        // The driver knows only the topics that something was sent to.
        return driver.producedTopicNames().contains(topic)
                ? driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                        .readValuesToList()
                : List.of();
    }

    /** What else was sent, to changelogs for instance, which the driver would keep. */
    private void forget() {
        driver.producedTopicNames().forEach(this::read);
    }

    private TestInputTopic<byte[], byte[]> input(String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void close() throws IOException {
        driver.close();
        try (Stream<Path> files = Files.walk(state)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
