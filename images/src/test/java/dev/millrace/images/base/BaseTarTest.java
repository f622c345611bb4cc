package dev.millrace.images.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.images.TestBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaseTarTest {
    @TempDir
    Path folder;

    @Test
    void reads_what_docker_saves() throws IOException {
        assertIsTheBase(BaseTar.read(TestBase.saved(folder), folder.resolve("work")));
    }

    @Test
    void reads_this_machines_image_of_a_layout() throws IOException {
        assertIsTheBase(BaseTar.read(TestBase.layout(folder, Processor.name()), folder.resolve("work")));
    }

    @Test
    void says_what_a_layout_without_this_machines_image_lacks() throws IOException {
        Path layout = TestBase.layout(folder, "mips");

        assertThatThrownBy(() -> BaseTar.read(layout, folder.resolve("work")))
                .isInstanceOf(BaseException.class)
                .hasMessageContaining("holds 0 images for linux/" + Processor.name());
    }

    @Test
    void refuses_a_tar_that_is_no_image() throws IOException {
        Path tar = folder.resolve("other.tar");
        try (SteadyTar out = new SteadyTar(tar)) {
            out.file("readme", new byte[] {1});
        }

        assertThatThrownBy(() -> BaseTar.read(tar, folder.resolve("work")))
                .hasMessageContaining("neither manifest.json nor index.json");
        assertThatThrownBy(() -> BaseTar.read(folder.resolve("absent.tar"), folder.resolve("work")))
                .hasMessageContaining("is no file");
    }

    @Test
    void refuses_a_path_that_leads_out_of_the_image() throws IOException {
        Path layer = folder.resolve("layer.tar");
        try (SteadyTar out = new SteadyTar(layer)) {
            out.file("../outside", new byte[] {1});
        }
        Path files = Files.createDirectories(folder.resolve("files"));

        assertThatThrownBy(() -> new RootFiles(files).add(layer)).hasMessageContaining("leads out of it");
        assertThat(folder.resolve("outside")).doesNotExist();
    }

    private static void assertIsTheBase(BaseImage base) {
        assertThat(base.java()).hasValue("/opt/jdk-25/bin/java");
        assertThat(base.javaVersion()).isEqualTo(25);
        assertThat(base.architecture()).isEqualTo("amd64");
        assertThat(base.files().real("/bin/added")).hasValue("/usr/bin/added");
        assertThat(base.files().real("/etc/taken-away")).isEmpty();
        assertThat(base.files().real("/bin/sh")).isEmpty();
    }
}
