package dev.millrace.service.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineFolderTest {
    private static final String VALID = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: %s }
            spec:
              event:
                time: at
                fields:
                  at: { type: timestamp, required: true }
            """;

    @TempDir
    Path folder;

    @Test
    void finds_the_pipelines_that_the_files_declare() throws IOException {
        Files.writeString(folder.resolve("a.yaml"), VALID.formatted("a"));
        Files.writeString(folder.resolve("b.yml"), VALID.formatted("b"));
        Files.writeString(folder.resolve("notes.txt"), "not a pipeline");

        PipelineSource.Scan scan = new PipelineFolder(folder).scan();

        assertThat(scan.pipelines()).containsOnlyKeys("a", "b");
        assertThat(scan.mistakes()).isEmpty();
    }

    @Test
    void keeps_the_last_good_pipeline_while_its_file_has_a_mistake() throws IOException {
        Path file = folder.resolve("a.yaml");
        Files.writeString(file, VALID.formatted("a"));
        PipelineFolder pipelines = new PipelineFolder(folder);
        Pipeline good = pipelines.scan().pipelines().get("a");

        Files.writeString(file, VALID.formatted("a").replace("timestamp", "timestmap"));
        PipelineSource.Scan broken = pipelines.scan();

        assertThat(broken.pipelines().get("a")).isSameAs(good);
        assertThat(broken.mistakes().get("a.yaml")).contains("timestmap").contains("timestamp");

        Files.writeString(file, VALID.formatted("a"));
        assertThat(pipelines.scan().mistakes()).isEmpty();
    }

    @Test
    void gives_the_same_pipeline_while_its_file_stays_the_same_and_drops_it_with_the_file() throws IOException {
        Path file = folder.resolve("a.yaml");
        Files.writeString(file, VALID.formatted("a"));
        PipelineFolder pipelines = new PipelineFolder(folder);
        Pipeline first = pipelines.scan().pipelines().get("a");

        assertThat(pipelines.scan().pipelines().get("a")).isSameAs(first);

        Files.delete(file);
        assertThat(pipelines.scan().pipelines()).isEmpty();
    }

    @Test
    void names_the_second_file_that_declares_the_same_pipeline() throws IOException {
        Files.writeString(folder.resolve("a.yaml"), VALID.formatted("same"));
        Files.writeString(folder.resolve("b.yaml"), VALID.formatted("same"));

        PipelineSource.Scan scan = new PipelineFolder(folder).scan();

        assertThat(scan.pipelines()).containsOnlyKeys("same");
        assertThat(scan.mistakes().get("b.yaml")).contains("same");
    }

    @Test
    void a_file_that_can_not_be_read_keeps_no_other_from_being_read() throws IOException {
        Files.write(folder.resolve("a.yaml"), "kind: Pipeline # Zo\u00eb".getBytes(StandardCharsets.ISO_8859_1));
        Files.createDirectory(folder.resolve("b.yaml"));
        Files.writeString(folder.resolve("c.yaml"), VALID.formatted("c"));
        PipelineFolder pipelines = new PipelineFolder(folder);

        PipelineSource.Scan scan = pipelines.scan();

        assertThat(scan.pipelines()).containsOnlyKeys("c");
        assertThat(scan.mistakes()).containsOnlyKeys("a.yaml", "b.yaml");
        assertThat(scan.mistakes().get("a.yaml")).isEqualTo("a.yaml: the file is not UTF-8");

        Files.writeString(folder.resolve("a.yaml"), VALID.formatted("a"));
        assertThat(pipelines.scan().pipelines()).containsOnlyKeys("a", "c");
    }

    @Test
    void passes_over_what_an_editor_keeps_beside_a_file() throws IOException {
        Files.createSymbolicLink(folder.resolve(".#a.yaml"), Path.of("somebody@somewhere.4711"));
        Files.write(folder.resolve("._a.yaml"), new byte[] {0, 5, 22, 7, 0});
        Files.writeString(folder.resolve("a.yaml"), VALID.formatted("a"));

        PipelineSource.Scan scan = new PipelineFolder(folder).scan();

        assertThat(scan.pipelines()).containsOnlyKeys("a");
        assertThat(scan.mistakes()).isEmpty();
    }

    @Test
    void has_no_pipelines_where_there_is_no_folder() {
        PipelineSource.Scan scan = new PipelineFolder(folder.resolve("absent")).scan();

        assertThat(scan.pipelines()).isEmpty();
    }
}
