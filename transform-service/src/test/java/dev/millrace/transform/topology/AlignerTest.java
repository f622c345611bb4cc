package dev.millrace.transform.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlignerTest {
    private KeyValueStore<Bytes, byte[]> store;

    @BeforeEach
    void open() {
        MockProcessorContext<Void, Void> context = new MockProcessorContext<>();
        store = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("waiting"), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** What one source sends, in its order; the name says what came. */
    private record Sent(String name, Order order) {}

    private static IntStream seeds() {
        return IntStream.range(0, 30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gives_the_same_order_however_sources_come_and_whatever_is_started_anew(int seed) {
        Random random = new Random(seed);
        List<List<Sent>> sources = sources(random, 1 + random.nextInt(4), random.nextInt(400));

        List<String> order = taken(sources, random);
        store.all().forEachRemaining(entry -> store.delete(entry.key));
        List<String> again = taken(sources, random);

        List<String> expected = sources.stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingLong((Sent sent) -> sent.order().mark())
                        .thenComparing(sent -> sent.order().kind())
                        .thenComparingLong(sent -> sent.order().at())
                        .thenComparingInt(sent -> sent.order().source()))
                .map(Sent::name)
                .toList();
        assertThat(order).isEqualTo(expected);
        assertThat(again).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, Aligner.NEAR - 1, Aligner.NEAR, Aligner.NEAR + 1, 4 * Aligner.NEAR})
    void keeps_more_than_it_has_in_reach(int held) {
        Aligner aligner = new Aligner(store, 2);
        for (int i = held - 1; i >= 0; i--) {
            aligner.hold(new Order(Order.Kind.EVENT, 0, 7, i), i, record("e" + i));
        }
        assertThat(aligner.next()).isNull();

        aligner.passed(0, 8);
        aligner.passed(1, 8);

        List<String> names = new ArrayList<>();
        take(aligner, names);
        assertThat(names)
                .isEqualTo(IntStream.range(0, held).mapToObj(i -> "e" + i).toList());
    }

    private List<List<Sent>> sources(Random random, int count, int each) {
        List<List<Sent>> sources = new ArrayList<>();
        for (int source = 0; source < count; source++) {
            List<Sent> sent = new ArrayList<>();
            long mark = 1_000;
            long at = 0;
            for (int i = 0; i < each; i++) {
                if (random.nextInt(3) == 0) {
                    mark += random.nextInt(4);
                }
                Order.Kind kind = random.nextBoolean() ? Order.Kind.EVENT : Order.Kind.RELABELLED;
                sent.add(new Sent(source + "-" + i, new Order(kind, source, mark, at++)));
            }
            sources.add(sent);
        }
        return sources;
    }

    private List<String> taken(List<List<Sent>> sources, Random random) {
        List<String> names = new ArrayList<>();
        int[] next = new int[sources.size()];
        int left = sources.stream().mapToInt(List::size).sum();
        Aligner aligner = new Aligner(store, sources.size());
        while (left > 0) {
            int source = random.nextInt(sources.size());
            int burst = random.nextInt(60);
            for (int i = 0; i < burst && next[source] < sources.get(source).size(); i++, left--) {
                Sent sent = sources.get(source).get(next[source]);
                aligner.hold(sent.order(), next[source]++, record(sent.name()));
                take(aligner, names);
            }
            if (random.nextInt(5) == 0) {
                aligner.write();
                aligner = new Aligner(store, sources.size());
            } else if (random.nextInt(5) == 0) {
                aligner.write();
            }
        }
        for (int source = 0; source < sources.size(); source++) {
            aligner.passed(source, Long.MAX_VALUE);
        }
        take(aligner, names);
        return names;
    }

    private static void take(Aligner aligner, List<String> names) {
        for (Aligner.Turn turn = aligner.next(); turn != null; turn = aligner.next()) {
            names.add(new String(turn.record().key(), StandardCharsets.UTF_8));
        }
    }

    private static Record<byte[], Flow> record(String name) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("some", null);
        return new Record<>(name.getBytes(StandardCharsets.UTF_8), new Flow.Sealed(new byte[] {1}), 5, headers);
    }
}
