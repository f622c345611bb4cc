package dev.millrace.local.tryout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.port.FreePort;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaMainTest {
    @TempDir
    Path folder;

    @Test
    void advertises_its_service_and_has_its_topics_again_after_a_restart() throws Exception {
        int port = FreePort.any();
        Map<String, String> environment = Map.of(
                "MILLRACE_ADVERTISED_HOST", "127.0.0.1",
                "MILLRACE_KAFKA_PORT", Integer.toString(port),
                "MILLRACE_KAFKA_CONTROLLER_PORT", Integer.toString(FreePort.any()));
        try (Container container = Container.start(KafkaMain.class, folder, environment);
                Admin admin = admin(port)) {
            assertThat(admin.describeCluster().nodes().get())
                    .as(container::output)
                    .extracting(Node::host)
                    .containsExactly("127.0.0.1");
            admin.createTopics(List.of(new NewTopic("kept", Optional.of(1), Optional.empty())))
                    .all()
                    .get();
            container.end();
            assertThat(container.output()).contains("Kafka Server started");
            assertThat(folder.resolve("state/kafka/data/.kafka_cleanshutdown")).exists();
        }
        try (Container container = Container.start(KafkaMain.class, folder, environment);
                Admin admin = admin(port)) {
            assertThat(admin.listTopics().names().get()).as(container::output).contains("kept");
        }
    }

    private static Admin admin(int port) {
        return Admin.create(Map.of("bootstrap.servers", "localhost:" + port));
    }
}
