package dev.millrace.transform.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceTest {
    @TempDir
    Path folder;

    @Test
    void has_the_same_name_when_it_is_started_again() throws Exception {
        String first = name(folder.resolve("made/on/demand"));

        assertThat(first).matches("[0-9a-f-]{36}");
        assertThat(name(folder.resolve("made/on/demand"))).isEqualTo(first);
    }

    @Test
    void has_another_name_in_another_folder() throws Exception {
        assertThat(name(folder.resolve("a"))).isNotEqualTo(name(folder.resolve("b")));
    }

    @Test
    void draws_a_new_name_where_a_crash_left_half_of_one() throws Exception {
        Files.writeString(folder.resolve("instance"), "0a1b2c");

        assertThat(name(folder)).matches("[0-9a-f-]{36}").isEqualTo(name(folder));
    }

    @Test
    void refuses_a_folder_that_another_instance_has() throws Exception {
        Instance holder = new Instance(folder);

        assertThatThrownBy(() -> new Instance(folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("millrace.streams.state-dir");
        holder.close();
        assertThat(name(folder)).isEqualTo(holder.name());
    }

    @Test
    void refuses_a_folder_that_can_not_be_made() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> new Instance(file.resolve("below")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("millrace.streams.state-dir");
    }

    private static String name(Path folder) throws Exception {
        Instance instance = new Instance(folder);
        instance.close();
        return instance.name();
    }
}
