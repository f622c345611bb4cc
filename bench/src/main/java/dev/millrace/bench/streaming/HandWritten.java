package dev.millrace.bench.streaming;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The reference: a Kafka Streams program written by hand for exactly the features that {@link Features} declares, as one
 * would write it who wants it fast. It knows no rejections, deduplication, late events, traces or metrics, keeps no order
 * between partitions, and holds a key's last 30 days in one value.
 */
public final class HandWritten {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final JsonFactory JSON = new JsonFactory();
    private static final long DAY = 86_400;
    private static final int[] DAYS = {1, 7, 30};
    private static final int ENTRY = 2 * Long.BYTES;

    private HandWritten() {}

    /** Runs until it is killed; the arguments are the bootstrap servers, the topics in and out, and the state's folder. */
    public static void main(String[] arguments) throws InterruptedException {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "handwritten-" + arguments[1]);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, arguments[3]);
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // What Millrace sets as well.
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 5_000);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 100);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 * 1024);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");

        KafkaStreams streams = new KafkaStreams(topology(arguments[1], arguments[2]), properties);
        streams.start();
        new CountDownLatch(1).await();
    }

    /** The program, from a topic of raw events to one of events with features. */
    static Topology topology(String from, String to) {
        StreamsBuilder builder = new StreamsBuilder();
        for (String store : new String[] {"customers", "terminals"}) {
            builder.addStateStore(Stores.keyValueStoreBuilder(
                    Stores.persistentKeyValueStore(store), Serdes.ByteArray(), Serdes.ByteArray()));
        }
        KStream<byte[], byte[]> raw = builder.stream(from, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()));
        raw.process(() -> new Window("customers", "customer", "terminal_id"), "customers")
                .repartition(Repartitioned.with(Serdes.ByteArray(), Serdes.ByteArray())
                        .withName("by-terminal"))
                .process(() -> new Window("terminals", "terminal", "customer_id"), "terminals")
                .to(to, Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
        return builder.build();
    }

    /** Adds count and mean of a key's last 1, 7 and 30 days; sends on by another key. */
    private static final class Window extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
        private final String storeName;
        private final String prefix;
        private final String nextKey;
        private KeyValueStore<byte[], byte[]> store;

        Window(String storeName, String prefix, String nextKey) {
            this.storeName = storeName;
            this.prefix = prefix;
            this.nextKey = nextKey;
        }

        @Override
        public void init(org.apache.kafka.streams.processor.api.ProcessorContext<byte[], byte[]> context) {
            super.init(context);
            store = context.getStateStore(storeName);
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            long at = 0;
            double amount = 0;
            String next = null;
            try (JsonParser parser = JSON.createParser(record.value())) {
                while (parser.nextToken() != null) {
                    if (parser.currentToken() == JsonToken.FIELD_NAME) {
                        String name = parser.currentName();
                        parser.nextToken();
                        if (name.equals("tx_datetime")) {
                            at = LocalDateTime.parse(parser.getText(), TIME).toEpochSecond(ZoneOffset.UTC);
                        } else if (name.equals("tx_amount")) {
                            amount = parser.getDoubleValue();
                        } else if (name.equals(nextKey)) {
                            next = parser.getText();
                        }
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            byte[] before = store.get(record.key());
            int from = 0;
            int length = before == null ? 0 : before.length;
            ByteBuffer old = before == null ? null : ByteBuffer.wrap(before);
            while (from < length && old.getLong(from) <= at - 30 * DAY) {
                from += ENTRY;
            }
            ByteBuffer now = ByteBuffer.allocate(length - from + ENTRY);
            if (old != null) {
                now.put(before, from, length - from);
            }
            now.putLong(at).putDouble(amount);
            store.put(record.key(), now.array());

            StringBuilder json = new StringBuilder(new String(record.value(), StandardCharsets.UTF_8));
            json.setLength(json.length() - 1);
            for (int days : DAYS) {
                int count = 0;
                double sum = 0;
                for (int place = now.capacity() - ENTRY;
                        place >= 0 && now.getLong(place) > at - days * DAY;
                        place -= ENTRY) {
                    count++;
                    sum += now.getDouble(place + Long.BYTES);
                }
                json.append(",\"")
                        .append(prefix)
                        .append("_count_")
                        .append(days)
                        .append("d\":")
                        .append(count);
                json.append(",\"")
                        .append(prefix)
                        .append("_mean_")
                        .append(days)
                        .append("d\":")
                        .append(sum / count);
            }
            byte[] value = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
            context()
                    .forward(new Record<>(
                            next.getBytes(StandardCharsets.UTF_8), value, record.timestamp(), record.headers()));
        }
    }
}
