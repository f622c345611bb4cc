package dev.millrace.transform.stream;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * Kafka Streams' clients, with the instance's name in the id of a transaction. For a topology without stores Kafka
 * Streams draws a random one at each start; then what a killed process left open would block readers until it times out.
 */
class InstanceClients implements KafkaClientSupplier {
    /** {@code <application>-<process id>-<thread>}, see StreamsProducer. */
    private static final Pattern TRANSACTIONAL_ID =
            Pattern.compile("(.*)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-(\\d+)");

    private final String instance;

    InstanceClients(String instance) {
        this.instance = instance;
    }

    /** These clients, reading that topic only as far as the gate lets them. */
    KafkaClientSupplier gated(String topic, Gate gate) {
        return new InstanceClients(instance) {
            @Override
            public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
                return new GatedConsumer(config, topic, gate);
            }
        };
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        Map<String, Object> named = new HashMap<>(config);
        named.computeIfPresent(ProducerConfig.TRANSACTIONAL_ID_CONFIG, (key, id) -> stable((String) id));
        return new KafkaProducer<>(named, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private String stable(String id) {
        Matcher matcher = TRANSACTIONAL_ID.matcher(id);
        return matcher.matches() ? matcher.group(1) + "-" + instance + "-" + matcher.group(2) : id;
    }
}
