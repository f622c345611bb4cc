package dev.millrace.training.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.simulator.shop.ShopLines;
import dev.millrace.simulator.shop.ShopSettings;
import dev.millrace.simulator.shop.ShopSimulator;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RecommendCommandTest {
    @TempDir
    Path folder;

    private Path ratings;

    @BeforeEach
    void write() throws Exception {
        List<String> lines = new ArrayList<>(List.of(ShopLines.RATINGS_HEADER));
        new ShopSimulator(new ShopSettings(5, LocalDate.of(2026, 1, 1), 40, 80, 60, 0.3))
                .interactions()
                .forEach(interaction -> lines.add(ShopLines.rating(interaction)));
        ratings = Files.write(folder.resolve("ratings.csv"), lines);
    }

    @Test
    void every_algorithm_and_their_blend_are_tested_and_ease_is_exported() {
        Run run = run(
                "--protocol", "leave-one-out", "--export", folder.resolve("out").toString());

        assertThat(run.error()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.text())
                .contains("chosen: ease", "chosen: als", "chosen: next", "chosen: blend")
                .contains("| algorithm | HR@10 | NDCG@10 | Recall@20 | NDCG@100 | coverage | novelty |")
                .contains("| popularity | ", "| ease | ", "| als | ", "| next | ", "| blend | ");
        assertThat(folder.resolve("out/model.onnx")).isNotEmptyFile();
        assertThat(folder.resolve("out/items.json")).isNotEmptyFile();
    }

    @Test
    void a_split_by_time_needs_only_what_it_is_asked_for_and_gives_the_same_again() {
        Run run = run("--protocol", "time-split", "--algorithms", "popularity,ease", "--test-from", "2026-02-01");

        assertThat(run.code()).isZero();
        assertThat(run.table())
                .contains("| algorithm | Recall@20 | NDCG@100 | coverage | novelty |", "| popularity | ", "| ease | ")
                .doesNotContain("als", "blend")
                .isEqualTo(
                        run("--protocol", "time-split", "--algorithms", "popularity,ease", "--test-from", "2026-02-01")
                                .table());
    }

    @Test
    void a_wrong_name_is_told_with_the_right_ones() {
        assertThat(run("--protocol", "leave-two-out").error())
                .contains("there is no protocol 'leave-two-out'; there are leave-one-out, time-split");
        assertThat(run("--protocol", "time-split", "--algorithms", "popularity,svd")
                        .error())
                .contains("there is no algorithm 'svd'; there are popularity, ease, als, next");
        assertThat(run("--protocol", "leave-one-out", "--test-from", "2026-02-01")
                        .error())
                .contains("--test-from is for --protocol time-split");
    }

    private record Run(int code, String text, String error) {
        String table() {
            return text.substring(text.indexOf("| algorithm"));
        }
    }

    private Run run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("evaluate", "recommend", "--ratings", ratings.toString()));
        all.addAll(List.of(arguments));
        StringWriter out = new StringWriter();
        StringWriter error = new StringWriter();
        CommandLine commandLine = TrainingCommands.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(error, true));
        int code = commandLine.execute(TrainingCommands.joined(all.toArray(String[]::new)));
        return new Run(code, out.toString(), error.toString());
    }
}
