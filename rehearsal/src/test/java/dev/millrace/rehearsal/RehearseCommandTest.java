package dev.millrace.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with how it is called is said before anything is started. */
class RehearseCommandTest {
    private static final String EXAMPLE =
            Path.of("..", "examples", "card-fraud", "pipeline.yaml").toString();

    private record Run(int code, String said) {}

    private static Run run(String... arguments) {
        StringWriter said = new StringWriter();
        int code = RehearseCommand.commandLine()
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute(arguments);
        return new Run(code, said.toString());
    }

    @Test
    void events_come_from_a_file_or_from_the_simulator() {
        assertThat(run(EXAMPLE).code()).isEqualTo(2);
        assertThat(run(EXAMPLE).said()).contains("--transactions", "--simulate");
        assertThat(run(EXAMPLE, "--simulate=30", "--transactions=file.csv").code())
                .isEqualTo(2);
    }

    @Test
    void a_week_that_no_events_are_of_can_not_be_tested() {
        Run after = run(EXAMPLE, "--simulate=40", "--customers=20", "--test-weeks=2018-05-06");

        assertThat(after.code()).isEqualTo(2);
        assertThat(after.said())
                .contains(
                        "test week 2018-05-06 can not be tested: there are events from 2018-04-01 to 2018-05-10, so that the"
                                + " first day of one is between 2018-04-22 and 2018-05-04");
    }

    @Test
    void weeks_do_not_overlap() {
        Run overlapping =
                run(EXAMPLE, "--simulate=60", "--customers=20", "--test-weeks=2018-05-10,2018-05-06,2018-05-20");

        assertThat(overlapping.code()).isEqualTo(2);
        assertThat(overlapping.said()).contains("the test weeks from 2018-05-06 and 2018-05-10 overlap");
    }

    @Test
    void says_what_the_declaration_lacks(@TempDir Path folder) throws Exception {
        Path declaration = folder.resolve("pipeline.yaml");
        String whole = Files.readString(Path.of(EXAMPLE));

        Files.writeString(declaration, whole.replace("    - http: {}\n", ""));
        assertThat(run(declaration.toString(), "--simulate=60").said())
                .contains("events are sent over HTTP: declare '- http: {}' among spec.sources");

        Files.writeString(declaration, whole);
        assertThat(run(declaration.toString(), "--simulate=60").said())
                .contains("before the first training nothing scores: there is no folder", "fallback: { score: 0 }");
        assertThat(run(declaration.toString(), "--simulate=60").code()).isEqualTo(1);
    }

    @Test
    void says_at_once_that_the_page_can_not_be_written() {
        Run nowhere = run(EXAMPLE, "--simulate=60", "--page=nowhere/page.md");

        assertThat(nowhere.code()).isEqualTo(1);
        assertThat(nowhere.said()).contains("millrace: there is no folder for the page nowhere/page.md");
    }

    @Test
    void says_which_file_is_not_there() {
        Run missing = run(EXAMPLE, "--transactions=nowhere.csv");

        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.said()).contains("millrace: there is no file nowhere.csv");
    }

    @Test
    void a_file_of_other_events_is_none_to_rehearse_with(@TempDir Path folder) throws Exception {
        Path other = Files.writeString(folder.resolve("other.ndjson"), "{\"a\": 1}\n{\"a\": 2}\n");
        Run unreadable = run(EXAMPLE, "--transactions=" + other);

        assertThat(unreadable.code()).isEqualTo(1);
        assertThat(unreadable.said()).contains("other.ndjson has no event that pipeline card-fraud can read");
    }
}
