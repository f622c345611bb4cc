package dev.millrace.transform.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.window.AggregateText;
import dev.millrace.pipeline.window.Frame;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.pipeline.window.WindowPlan;
import dev.millrace.pipeline.window.Windowed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

class WindowStoreTest {
    private static final Schema SCHEMA = new Schema(List.of(Field.canonical("amount", FieldType.DOUBLE, false)));
    private static final Instant FIRST = Instant.parse("2026-03-01T00:00:00Z");
    private static final long ACCEPTED = 1_000_000;

    private final WindowPlan plan = plan();

    @Test
    void what_changes_again_before_a_commit_is_written_once_and_only_the_last_entry_is_as_of_the_newest() {
        List<TestRecord<byte[], byte[]>> written = inOneTransaction(windows -> {
            for (int i = 0; i < 5; i++) {
                add(windows, "a", i);
            }
            add(windows, "b", 5);
        });

        assertThat(written).extracting(TestRecord::timestamp).containsExactly(ACCEPTED - 1, ACCEPTED + 5);
        KeyState read = new KeyState(plan);
        read.load(written.get(0).value());
        assertThat(plan.at(FIRST.plusSeconds(10), read)).containsExactly(5L);
    }

    @Test
    void a_key_is_found_as_it_was_when_more_have_come_than_are_kept() {
        int keys = 25_000;
        inOneTransaction(windows -> {
            for (int round = 1; round <= 2; round++) {
                for (int key = 0; key < keys; key++) {
                    assertThat(add(windows, "k" + key, round)).containsExactly((long) round);
                }
            }
        });
    }

    private Object[] add(WindowStore windows, String key, int second) {
        try {
            Windowed windowed = plan.add(new Row(SCHEMA, 1.0), FIRST.plusSeconds(second), windows.of(key));
            windows.keep(key, windowed, ACCEPTED + second);
            return windowed.features();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has that done with a store, and gives what its changelog has then. */
    private List<TestRecord<byte[], byte[]>> inOneTransaction(Consumer<WindowStore> work) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(new HeldStore.Builder<>(Stores.timestampedKeyValueStoreBuilder(
                Stores.inMemoryKeyValueStore("windows"), Serdes.Bytes(), Serdes.ByteArray())));
        builder.stream("events", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .process(
                        () -> new ContextualProcessor<byte[], byte[], Void, Void>() {
                            @Override
                            public void process(Record<byte[], byte[]> record) {
                                work.accept(new WindowStore(context().getStateStore("windows"), plan));
                            }
                        },
                        "windows");
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build(), properties)) {
            driver.createInputTopic("events", new ByteArraySerializer(), new ByteArraySerializer())
                    .pipeInput(new byte[0], new byte[0]);
            return driver.createOutputTopic(
                            "test-windows-changelog", new ByteArrayDeserializer(), new ByteArrayDeserializer())
                    .readRecordsToList();
        }
    }

    private static WindowPlan plan() {
        try {
            return WindowPlan.bind(
                    new WindowPlan.Settings(
                            List.of(new Frame.Sliding(Duration.ofDays(30))),
                            Map.of("n", AggregateText.of("count()")),
                            Optional.of(Duration.ofSeconds(1)),
                            Duration.ZERO,
                            Duration.ofDays(1),
                            0),
                    SCHEMA);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
