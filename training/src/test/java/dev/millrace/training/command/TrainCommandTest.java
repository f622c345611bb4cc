package dev.millrace.training.command;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import picocli.CommandLine;

/** {@code ./millrace train} as it is called, on a few simulated transactions. */
class TrainCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EXAMPLE = Path.of("..", "examples", "card-fraud", "pipeline.yaml");

    @TempDir
    static Path folder;

    private static Run first;
    private static Run second;

    private record Run(int code, String said) {}

    @BeforeAll
    static void train_twice() {
        first = run(folder.resolve("first"), EXAMPLE);
        second = run(folder.resolve("first"), EXAMPLE);
    }

    private static Run run(Path to, Path pipeline, String... more) {
        StringWriter said = new StringWriter();
        CommandLine command = TrainingCommands.commandLine();
        command.setOut(new PrintWriter(said));
        command.setErr(new PrintWriter(said));
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                pipeline.toString(),
                "--simulate=84",
                "--customers=250",
                "--quick",
                "--models=" + to.resolve("models"),
                "--report=" + to.resolve("report")));
        arguments.addAll(List.of(more));
        int code = command.execute(arguments.toArray(String[]::new));
        return new Run(code, said.toString());
    }

    @Test
    void shows_its_progress_and_what_came_of_it() {
        assertThat(first.code()).as(first.said()).isZero();
        assertThat(first.said())
                .contains(
                        "settings are chosen on",
                        "average precision",
                        "tested  logistic_regression",
                        "tested  random_forest",
                        "tested  boosted_trees",
                        "version 1 of card-fraud",
                        "report.html");
    }

    @Test
    void registers_a_challenger_whose_description_says_what_serving_and_drift_need() throws IOException {
        JsonNode description = description("first", "1");

        assertThat(description.path("features")).hasSizeGreaterThan(15);
        assertThat(description.at("/labels/positive").asText()).isEqualTo("fraud");
        assertThat(description.path("threshold").asDouble()).isBetween(0.0, 1.0);
        assertThat(description.path("trainedOn").asText()).contains("simulated transactions, seed 1", "tested on");
        assertThat(description.at("/training/from").asText()).isEqualTo("2018-05-13");
        assertThat(description.at("/metrics/average_precision").asDouble()).isGreaterThan(0.1);
        assertThat(description.at("/metrics/auc_roc").asDouble()).isGreaterThan(0.6);
        JsonNode amounts = description.at("/reference/features/tx_amount");
        assertThat(amounts.path("shares")).hasSize(amounts.path("edges").size() + 1);
        assertThat(description.at("/reference/score/shares").size()).isGreaterThan(2);
        JsonNode aliases = JSON.readTree(
                folder.resolve("first/models/card-fraud/aliases.json").toFile());
        assertThat(aliases.path("challenger").asText()).isEqualTo("2");
    }

    @Test
    void the_first_is_champion_where_it_passes_its_gates_and_the_second_is_tested_beside_it() throws IOException {
        JsonNode report =
                JSON.readTree(folder.resolve("first/report/report.json").toFile());

        assertThat(report.path("decision").toString()).contains("champion is version 1, tested on the same days");
        assertThat(second.said()).contains("version 2 of card-fraud");
    }

    @Test
    void the_same_training_gives_the_same_model() throws IOException {
        assertThat(onnx("2")).isEqualTo(onnx("1"));
    }

    @Test
    void the_files_scores_are_the_librarys_on_every_row_of_the_test() throws IOException {
        JsonNode report =
                JSON.readTree(folder.resolve("first/report/report.json").toFile());

        assertThat(report.path("models")).hasSize(3);
        report.path("models")
                .forEach(model -> assertThat(
                                model.path("largestDifferenceOfOnnx").asDouble(1))
                        .as(model.path("kind").asText())
                        .isLessThanOrEqualTo(1e-5));
    }

    @Test
    void the_latest_days_can_be_learned_from_where_none_is_kept_to_test_on() throws IOException {
        Run latest = run(folder.resolve("latest"), EXAMPLE, "--latest");

        assertThat(latest.code()).as(latest.said()).isZero();
        assertThat(latest.said()).contains("by its validation weeks", "stays challenger until somebody promotes it");
        JsonNode description = description("latest", "1");
        assertThat(description.at("/training/to").asText()).as("the last day").isEqualTo("2018-06-23");
        assertThat(description.at("/training/from").asText()).isEqualTo("2018-05-27");
        assertThat(description.path("training").has("testedFrom")).isFalse();
        assertThat(description.path("trainedOn").asText())
                .contains("not tested; measures are of", "to 2018-06-23")
                .doesNotContain("; tested on");
        assertThat(description.at("/metrics/auc_roc").asDouble()).isGreaterThan(0.6);
        assertThat(JSON.readTree(
                        folder.resolve("latest/models/card-fraud/aliases.json").toFile()))
                .isEqualTo(JSON.createObjectNode().put("challenger", "1"));
        assertThat(Files.readString(folder.resolve("latest/report/report.html")))
                .contains("<h2>By its validation weeks</h2>")
                .doesNotContain("<h2>Test</h2>");
    }

    @Test
    void a_test_cannot_be_asked_for_where_none_is_kept() {
        Run both = run(folder.resolve("both"), EXAMPLE, "--latest", "--test-from=2018-06-01");

        assertThat(both.code()).isEqualTo(2);
        assertThat(both.said()).contains("--latest tests nothing");
    }

    @Test
    void the_report_has_its_curves_in_it_and_needs_no_other_file() throws IOException {
        String page = Files.readString(folder.resolve("first/report/report.html"));

        assertThat(page)
                .contains("<svg", "ROC", "Precision and recall", "Calibration", "random forest")
                .doesNotContain("<script", "http://", "https://", "<link", "src=");
    }

    @Test
    void trees_say_how_many_rows_came_to_each_node() throws IOException {
        ModelProto model = ModelProto.parseFrom(onnx("1"));
        model.getGraph().getNodeList().stream()
                .filter(node -> node.getOpType().equals("TreeEnsembleRegressor"))
                .forEach(node -> {
                    AttributeProto covers = node.getAttributeList().stream()
                            .filter(attribute -> attribute.getName().equals("nodes_hitrates"))
                            .findFirst()
                            .orElseThrow();
                    AttributeProto modes = node.getAttributeList().stream()
                            .filter(attribute -> attribute.getName().equals("nodes_modes"))
                            .findFirst()
                            .orElseThrow();
                    assertThat(covers.getFloatsCount()).isEqualTo(modes.getStringsCount());
                    assertThat(covers.getFloats(0)).isPositive();
                });
    }

    @Test
    void says_what_is_missing_where_there_are_too_few_days() {
        StringWriter said = new StringWriter();
        CommandLine command = TrainingCommands.commandLine();
        command.setErr(new PrintWriter(said));

        int code = command.execute(
                "train", EXAMPLE.toString(), "--simulate=15", "--customers=50", "--models=" + folder.resolve("few"));

        assertThat(code).isEqualTo(1);
        assertThat(said.toString()).contains("have a positive label, and at least 10 are needed");
    }

    private static byte[] onnx(String version) throws IOException {
        return Files.readAllBytes(
                folder.resolve("first/models/card-fraud").resolve(version).resolve("model.onnx"));
    }

    private static JsonNode description(String run, String version) throws IOException {
        return JSON.readTree(folder.resolve(run)
                .resolve("models/card-fraud")
                .resolve(version)
                .resolve("model.json")
                .toFile());
    }
}
