package dev.millrace.training.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./millrace evaluate} as it is called, on a few simulated transactions. */
class EvaluateCommandTest {
    private static final Path EXAMPLE = Path.of("..", "examples", "card-fraud", "pipeline.yaml");

    @TempDir
    static Path folder;

    private static Run first;
    private static String firstPage;

    private record Run(int code, String said) {}

    @BeforeAll
    static void evaluate() throws IOException {
        first = simulated("--quick", "--page=" + folder.resolve("page.md"));
        firstPage = first.code() == 0 ? Files.readString(folder.resolve("page.md")) : "";
    }

    private static Run simulated(String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--simulate=84",
                "--customers=250",
                "--seed=3",
                "--training-days=14",
                "--features=" + folder.resolve("features")));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    private static Run run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("evaluate", EXAMPLE.toString()));
        all.addAll(List.of(arguments));
        StringWriter said = new StringWriter();
        int code = TrainingCommands.execute(new PrintWriter(said, true), all.toArray(String[]::new));
        return new Run(code, said.toString());
    }

    @Test
    void the_page_has_the_means_of_each_kind_and_each_of_the_last_four_weeks() {
        assertThat(first.code()).as(first.said()).isZero();
        assertThat(firstPage)
                .contains(
                        "# Models: card-fraud on simulated transactions, seed 3", "the test weeks were looked at once")
                .contains("## 53 features, 14 days to learn from")
                .contains("| model | 2018-05-27 | 2018-06-03 | 2018-06-10 | 2018-06-17 |")
                .doesNotContain("NaN");
        for (String kind : List.of("logistic regression", "random forest", "boosted trees")) {
            assertThat(firstPage)
                    .containsPattern("\\| " + kind + " \\| 0\\.[5-9]\\d\\d ± 0\\.\\d{3} \\|")
                    .containsPattern("\\| " + kind + "( \\| \\d\\.\\d{3} / \\d\\.\\d{3} / \\d\\.\\d{3}){4} \\|");
        }
    }

    @Test
    void the_page_says_what_was_simulated_and_how_to_do_it_again() {
        assertThat(firstPage)
                .contains("simulated, 84 days from 2018-04-01 on of 250 customers and 500 terminals, seed 3")
                .endsWith("```sh\n./millrace evaluate " + EXAMPLE
                        + " --simulate=84 --customers=250 --seed=3 --training-days=14 --features="
                        + folder.resolve("features") + " --quick --page=" + folder.resolve("page.md") + "\n```\n");
    }

    @Test
    void the_same_again_gives_the_same_page() throws IOException {
        Files.delete(folder.resolve("features"));

        Run second = simulated("--quick", "--page=" + folder.resolve("page.md"));

        assertThat(second.code()).as(second.said()).isZero();
        assertThat(Files.readString(folder.resolve("page.md"))).isEqualTo(firstPage);
    }

    @Test
    void wants_a_file_or_a_simulation() {
        Run run = run("--test-weeks=2018-06-03");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.said()).contains("Missing required argument", "--transactions=FILE", "--simulate=DAYS");
    }

    @Test
    void wants_one_of_them_only() {
        Run run = run("--transactions=transactions.csv", "--simulate=84");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.said()).contains("--transactions=FILE", "--simulate=DAYS", "are mutually exclusive");
    }

    @Test
    void says_which_week_is_not_within_the_events() {
        String events = " is not wholly within the events, which are from 2018-04-01 to 2018-06-23\n";

        refuses("2018-03-20", "the test week from 2018-03-20 to 2018-03-26" + events);
        refuses("2018-06-03,2018-09-01", "the test week from 2018-09-01 to 2018-09-07" + events);
        refuses("2018-06-18", "the test week from 2018-06-18 to 2018-06-24" + events);
    }

    @Test
    void says_which_week_has_too_few_days_before_it() {
        refuses(
                "2018-05-10",
                "the test week from 2018-05-10 to 2018-05-16 has too few days before it: it takes 14 days to learn from,"
                        + " 2018-04-19 to 2018-05-02, and 7 days in which labels are late; the events are from"
                        + " 2018-04-01 to 2018-06-23, and learned from is from 2018-04-28 on, when windows have filled\n");
    }

    @Test
    void says_that_nothing_can_be_simulated() {
        Run run = run("--simulate=0");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.said())
                .contains("nothing can be simulated: expected at least one day")
                .doesNotContain("\tat ");
    }

    @Test
    void says_what_to_do_where_memory_does_not_suffice() {
        // More terminals than an array holds, so that it fails at once, however much memory there is.
        Run run = run("--simulate=1", "--customers=" + Integer.MAX_VALUE / 2);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.said())
                .contains("this does not fit into memory", "take fewer")
                .doesNotContain("\tat ");
    }

    @Test
    void kept_features_of_other_events_are_not_taken() {
        Run other = run("--simulate=84", "--customers=250", "--seed=4", "--features=" + folder.resolve("features"));

        assertThat(other.code()).isEqualTo(1);
        assertThat(other.said())
                .contains(
                        "features holds the features of other events: simulated, 84 days from 2018-04-01 on of 250 customers"
                                + " and 500 terminals, seed 3; delete it, or name another file")
                .doesNotContain("\tat ");
    }

    @Test
    void features_to_compare_are_the_pipelines() {
        Run unknown = run("--simulate=84", "--compare=tx_amount,nonsense");

        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.said()).contains("--compare names features that are none of the pipeline's: [nonsense]");
    }

    private static void refuses(String weeks, String why) {
        Run run = simulated("--test-weeks=" + weeks);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.said()).endsWith("millrace: " + why).doesNotContain("\tat ");
    }
}
