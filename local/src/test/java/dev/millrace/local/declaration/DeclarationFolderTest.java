package dev.millrace.local.declaration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeclarationFolderTest {
    private static final String GOOD = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: clicks }
            spec:
              event:
                time: at
                fields:
                  at: { type: timestamp, required: true }
            """;

    @TempDir
    private Path folder;

    private int edits;

    @Test
    void says_what_is_wrong_with_a_file_once_and_when_it_is_in_order_again() throws IOException {
        DeclarationFolder declarations = new DeclarationFolder(folder);
        write("clicks.yaml", GOOD);
        write(".clicks.yaml", "an editor's own");
        assertThat(declarations.news()).isEmpty();

        write("clicks.yaml", GOOD.replace("timestamp", "timestmp"));
        assertThat(declarations.news())
                .singleElement()
                .asString()
                .startsWith("clicks.yaml:8:")
                .contains("Did you mean 'timestamp'");
        assertThat(declarations.news()).isEmpty();

        write("clicks.yaml", GOOD);
        assertThat(declarations.news()).containsExactly("clicks.yaml: in order now");
    }

    @Test
    void says_once_that_a_folder_has_no_declarations() throws IOException {
        DeclarationFolder declarations = new DeclarationFolder(folder);

        assertThat(declarations.news()).singleElement().asString().contains("no .yaml file in " + folder);
        assertThat(declarations.news()).isEmpty();

        write("clicks.yaml", GOOD);
        assertThat(declarations.news()).isEmpty();
        Files.delete(folder.resolve("clicks.yaml"));
        assertThat(declarations.news()).hasSize(1);
    }

    @Test
    void says_at_once_what_is_wrong_with_a_file_that_is_not_text() throws IOException {
        Files.write(folder.resolve("bytes.yml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThat(new DeclarationFolder(folder).news())
                .singleElement()
                .asString()
                .startsWith("bytes.yml: ");
    }

    /** Two edits within the clock's last digit are one to whoever looks at the time of change. */
    private void write(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000L * ++edits));
    }
}
