package dev.millrace.model.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.Broker;
import dev.millrace.model.CardFraud;
import dev.millrace.model.Scored;
import dev.millrace.model.Topic;
import dev.millrace.model.registry.Models;
import dev.millrace.model.registry.OpenModels;
import dev.millrace.pipeline.Pipeline;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ScoringWorkerTest {
    private static final int EVENTS = 8_000;
    private static final Models MODELS = OpenModels.in(CardFraud.MODELS);

    @Test
    void a_process_that_is_killed_neither_loses_nor_doubles_an_event() throws Exception {
        Pipeline pipeline = withCleanEvents("worker-killed");

        Process process = ScoringProcess.start(pipeline.name(), Broker.bootstrapServers());
        try {
            assertThat(Topic.await(pipeline.topics().scored(), 1))
                    .as("killed in the middle of its work")
                    .hasSizeLessThan(EVENTS);
        } finally {
            process.destroyForcibly().waitFor();
        }
        try (ScoringWorker worker = worker(pipeline, "killed")) {
            worker.start();
            assertEachOnce(pipeline);
        }
    }

    @Test
    void workers_that_come_and_go_share_the_events_without_losing_or_doubling_one() throws Exception {
        Pipeline pipeline = withCleanEvents("worker-shared");

        try (ScoringWorker stays = worker(pipeline, "stays")) {
            stays.start();
            for (int i = 0; i < 2; i++) {
                try (ScoringWorker comesAndGoes = worker(pipeline, "comes-and-goes-" + i)) {
                    comesAndGoes.start();
                    Topic.await(pipeline.topics().scored(), (i + 1) * EVENTS / 4);
                }
            }
            assertEachOnce(pipeline);
        }
    }

    @Test
    void a_worker_that_is_fenced_by_one_of_its_name_takes_nothing_twice() throws Exception {
        Pipeline pipeline = withCleanEvents("worker-fenced");

        try (ScoringWorker first = worker(pipeline, "same")) {
            first.start();
            Topic.await(pipeline.topics().scored(), 1);
            try (ScoringWorker second = worker(pipeline, "same")) {
                second.start();
                Topic.await(pipeline.topics().scored(), EVENTS / 2);
            }
            assertEachOnce(pipeline);
        }
    }

    private static ScoringWorker worker(Pipeline pipeline, String instance) {
        return Workers.of(pipeline, MODELS, instance, 100, Broker.bootstrapServers());
    }

    private static Pipeline withCleanEvents(String name) {
        Pipeline pipeline = CardFraud.pipeline(name);
        Topic.make(pipeline.topics().all());
        Topic.send(CardFraud.transactions(EVENTS).stream()
                .map(transaction -> CardFraud.cleanRecord(pipeline, transaction, 1_790_000_000_000L))
                .toList());
        return pipeline;
    }

    private static void assertEachOnce(Pipeline pipeline) {
        List<ConsumerRecord<byte[], byte[]>> scored =
                Topic.await(pipeline.topics().scored(), EVENTS);
        Set<String> ids = scored.stream()
                .map(record -> Scored.headers(record.headers()).get("ce_id"))
                .collect(Collectors.toSet());
        assertThat(scored).hasSize(EVENTS);
        assertThat(ids).hasSize(EVENTS);
        assertThat(Topic.read(pipeline.topics().rejected())).isEmpty();
    }
}
