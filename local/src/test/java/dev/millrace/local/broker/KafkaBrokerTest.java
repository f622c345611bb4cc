package dev.millrace.local.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.process.Life;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaBrokerTest {
    @TempDir
    Path folder;

    @Test
    void has_its_topics_again_after_it_was_killed() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder, 0, Life.SHORT)) {
            try (Admin admin = admin(broker)) {
                admin.createTopics(List.of(new NewTopic("kept", Optional.of(1), Optional.empty())))
                        .all()
                        .get();
            }
            broker.kill();
            assertThat(broker.process().isAlive()).isFalse();
        }
        try (KafkaBroker again = KafkaBroker.start(folder, 0, Life.SHORT);
                Admin admin = admin(again)) {
            assertThat(admin.listTopics().names().get()).contains("kept");
        }
    }

    @Test
    void takes_the_place_of_one_that_was_left_running() throws Exception {
        KafkaBroker forgotten = KafkaBroker.start(folder, 0, Life.SHORT);
        try (KafkaBroker broker = KafkaBroker.start(folder, forgotten.port(), Life.SHORT);
                Admin admin = admin(broker)) {
            assertThat(forgotten.process().isAlive()).isFalse();
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
            assertThat(broker.log()).content().contains("Kafka Server started");
        }
    }

    private static Admin admin(KafkaBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }
}
