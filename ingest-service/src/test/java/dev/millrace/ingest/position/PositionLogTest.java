package dev.millrace.ingest.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ingest.Broker;
import dev.millrace.ingest.Requests;
import dev.millrace.ingest.Tail;
import dev.millrace.service.topics.TopicProvisioner;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class PositionLogTest {
    private static final FilePosition TEN = new FilePosition("print", 3, 10, 0);

    @Inject
    TopicProvisioner topics;

    private Tail raw;

    @BeforeEach
    void follow() {
        Requests.awaitPipeline("payments");
        topics.provideCompacted(PositionLog.TOPIC);
        raw = Tail.raw("payments");
    }

    @Test
    void finds_what_its_predecessor_committed() {
        try (PositionLog log = open("test-reopened")) {
            log.commit(List.of(record("kept")), "p/reopened.csv", TEN);
        }

        try (PositionLog log = open("test-reopened")) {
            assertThat(log.find("p/reopened.csv")).contains(TEN);
            assertThat(log.find("p/other.csv")).isEmpty();
        }
        // The broker ends a transaction in its own time after it has agreed to.
        raw.await(1);
        assertThat(raw.values()).containsExactly("kept");
    }

    @Test
    void drops_what_a_killed_predecessor_had_sent_but_not_committed() {
        KafkaProducer<byte[], byte[]> killed = new KafkaProducer<>(
                Map.of("bootstrap.servers", Broker.bootstrapServers(), "transactional.id", "test-killed"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        killed.initTransactions();
        killed.beginTransaction();
        killed.send(record("lost"));
        killed.send(new ProducerRecord<>(
                PositionLog.TOPIC,
                0,
                "p/killed.csv".getBytes(StandardCharsets.UTF_8),
                "{\"fingerprint\":\"x\",\"head\":1,\"records\":99,\"size\":0}".getBytes(StandardCharsets.UTF_8)));
        killed.flush();

        try (PositionLog log = open("test-killed")) {
            assertThat(log.find("p/killed.csv")).isEmpty();
            log.commit(List.of(record("again")), "p/killed.csv", TEN);
        }
        raw.await(1);
        assertThat(raw.values()).containsExactly("again");
        killed.close(java.time.Duration.ZERO);
    }

    @Test
    void lets_no_predecessor_commit_that_was_only_thought_to_be_dead() {
        try (PositionLog zombie = open("test-zombie")) {
            zombie.commit(List.of(record("before")), "p/zombie.csv", TEN);
            try (PositionLog successor = open("test-zombie")) {
                assertThatThrownBy(() -> zombie.commit(List.of(record("doubled")), "p/zombie.csv", TEN.after(20)))
                        .isInstanceOf(KafkaException.class);
                successor.commit(List.of(record("after")), "p/zombie.csv", TEN.after(20));
            }
        }
        raw.await(2);
        assertThat(raw.values()).containsExactly("before", "after");
    }

    private static PositionLog open(String transactionalId) {
        return PositionLog.open(Map.of("bootstrap.servers", Broker.bootstrapServers()), transactionalId);
    }

    private static ProducerRecord<byte[], byte[]> record(String value) {
        return new ProducerRecord<>(
                "millrace.payments.raw", 0, new byte[] {'k'}, value.getBytes(StandardCharsets.UTF_8));
    }
}
