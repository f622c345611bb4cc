package dev.millrace.service.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import dev.millrace.pipeline.topic.Topics;
import dev.millrace.service.topics.TestTopics;
import dev.millrace.service.topics.TopicProvisioner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaFiguresTest {
    private static final Duration FRESH = Duration.ofSeconds(20);

    @TempDir
    static Path data;

    private static KafkaBroker broker;
    private static Map<String, Object> kafka;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start(data, 0, Life.SHORT);
        kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void replicas_of_one_service_hear_each_other_and_no_one_else() {
        TopicProvisioner topics = TestTopics.of(kafka);
        try (KafkaReports a = reports("millrace-load", "a", topics);
                KafkaReports b = reports("millrace-load", "b", topics);
                KafkaReports other = reports("millrace-model", "c", topics)) {
            b.publish(Map.of("orders", figures(5, 7)));
            other.publish(Map.of("orders", figures(100, 100)));
            a.publish(Map.of("orders", figures(1, 1)));

            await().atMost(FRESH).until(() -> a.others().size() == 1);
            Fleet fleet = Fleet.of(Map.of("orders", figures(2, 1)), a.others());

            assertThat(fleet.replicas()).isEqualTo(2);
            assertThat(fleet.of("orders")).isEqualTo(figures(7, 8));
        }
    }

    @Test
    void a_consumer_tells_what_it_has_still_to_read() {
        Topics topics = new Topics("lagging");
        TestTopics.of(kafka).provide(topics);
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("max.poll.records", 3);
        settings.put("auto.offset.reset", "earliest");
        settings.put("group.id", "lagging");
        try (var producer = new KafkaProducer<>(kafka, new StringSerializer(), new StringSerializer());
                var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>(topics.raw(), 0, "k", "v"));
            }
            producer.flush();
            consumer.assign(List.of(new TopicPartition(topics.raw(), 0)));

            await().atMost(FRESH)
                    .until(() -> consumer.poll(Duration.ofMillis(200)).count() == 3);

            await().atMost(FRESH).until(() -> new ConsumerLag().of(topics) == 7);
            assertThat(new ConsumerLag().of(new Topics("another"))).isZero();
        }
    }

    private static KafkaReports reports(String service, String replica, TopicProvisioner topics) {
        return new KafkaReports(service, replica, FRESH, kafka, topics);
    }

    private static Figures figures(double eventsPerSecond, long lag) {
        return new Figures(eventsPerSecond, lag, 0, Optional.empty(), Optional.empty());
    }
}
