package dev.millrace.service.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStateTest {
    @TempDir
    Path folder;

    @Test
    void what_was_kept_of_a_cluster_is_there_after_its_restart_and_not_for_another_cluster() {
        Path state = folder.resolve("state");
        Path first = keptOf(folder.resolve("a"), state);
        Path again = keptOf(folder.resolve("a"), state);
        Path other = keptOf(folder.resolve("b"), state);

        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        assertThat(first.getParent()).isEqualTo(state);
        assertThat(other.getParent()).isEqualTo(state);
    }

    private static Path keptOf(Path broker, Path state) {
        try (KafkaBroker kafka = KafkaBroker.start(broker, 0, Life.SHORT);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return new LocalState(state, admin).folder();
        }
    }
}
