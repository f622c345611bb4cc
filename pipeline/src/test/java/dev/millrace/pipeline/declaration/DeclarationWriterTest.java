package dev.millrace.pipeline.declaration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DeclarationWriterTest {
    @Test
    void what_it_writes_is_read_back_as_the_same_declaration() throws Exception {
        for (String file : new String[] {
            "../examples/card-fraud/pipeline.yaml",
            "../transform-service/src/test/resources/dev/millrace/transform/command/orders.yaml"
        }) {
            PipelineDeclaration declaration = DeclarationReader.read(file, Files.readString(Path.of(file)));

            assertThat(DeclarationReader.read("written", DeclarationWriter.write(declaration)))
                    .isEqualTo(declaration);
        }
    }
}
