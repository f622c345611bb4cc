package dev.millrace.transform.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    @TempDir
    Path task;

    @Test
    void is_gone_before_a_task_runs() throws IOException {
        Path file = Files.writeString(task.resolve(".checkpoint"), "0\n0\n");
        Path other = Files.createDirectory(task.resolve("rocksdb"));
        MockProcessorContext<byte[], byte[]> context =
                new MockProcessorContext<>(new Properties(), new TaskId(1, 0), task.toFile());

        Checkpoint.remove(context);
        Checkpoint.remove(context);

        assertThat(file).doesNotExist();
        assertThat(other).exists();
    }
}
