package dev.millrace.model.registry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.Folders;
import dev.millrace.model.RegisteredModel;
import dev.millrace.model.TinyOnnx;
import dev.millrace.model.inference.FeatureRows;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsTest {
    @TempDir
    Path folder;

    @Test
    void an_alias_stands_for_its_version() {
        register("1");

        Models models = OpenModels.in(folder);

        assertThat(models.mistakes()).isEmpty();
        assertThat(models.names()).containsExactly("m");
        assertThat(models.find("m", "champion"))
                .hasValueSatisfying(
                        model -> assertThat(model.description().version()).isEqualTo("1"));
        assertThat(models.find("m", "challenger")).isEmpty();
        assertThat(models.find("other", "champion")).isEmpty();
    }

    @Test
    void each_version_can_be_asked_for_by_its_name() {
        for (String version : List.of("10", "2", "1")) {
            register(version);
        }

        Models models = OpenModels.in(folder);

        assertThat(models.versions("m")).containsExactly("1", "2", "10");
        assertThat(models.version("m", "2"))
                .hasValueSatisfying(
                        model -> assertThat(model.description().version()).isEqualTo("2"));
        assertThat(models.version("m", "3")).isEmpty();
        assertThat(models.version("m", "../m/1")).isEmpty();
        assertThat(models.versions("..")).isEmpty();
    }

    @Test
    void a_version_that_nobody_needs_is_unloaded_but_not_while_somebody_holds_it() throws Exception {
        register("1");
        register("2");
        Models models = OpenModels.in(folder);
        Model asked = models.version("m", "1").orElseThrow();
        Model champion = models.find("m", "champion").orElseThrow();
        FeatureRows row = asked.description().references(1);

        try (Model.Hold hold = asked.hold()) {
            // Seldom enough that asking does not keep it.
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(1500))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> models.version("m", "1").orElseThrow() != asked);
            assertThat(asked.score(row)).hasSize(1);
        }

        awaitTrue(() -> isUnloaded(asked));
        assertThat(champion.score(row)).hasSize(1);
    }

    private static boolean isUnloaded(Model model) {
        try {
            model.hold().close();
            return false;
        } catch (OrtException e) {
            return e.getMessage().contains("was unloaded");
        }
    }

    @Test
    void an_alias_that_moves_is_followed() {
        register("1");
        Models models = OpenModels.in(folder);

        register("2");

        awaitTrue(() -> version(models).equals("2"));
    }

    @Test
    void a_model_that_is_taken_away_is_no_longer_said_to_be_there() throws Exception {
        register("1");
        MeterRegistry registry = new SimpleMeterRegistry();
        Models models = OpenModels.in(folder, registry);
        assertThat(registry.find("millrace.model.info").gauges()).hasSize(1);

        Files.move(folder.resolve("m"), folder.resolve(".m"));

        awaitTrue(() -> models.find("m", "champion").isEmpty());
        awaitTrue(() -> registry.find("millrace.model.info").gauges().isEmpty());
    }

    @Test
    void a_folder_that_is_made_later_is_found() {
        Models models = OpenModels.in(folder.resolve("later"));
        assertThat(models.names()).isEmpty();

        RegisteredModel.example("m", "1").write(folder.resolve("later"));
        RegisteredModel.alias(folder.resolve("later"), "m", "champion", "1");

        awaitTrue(() -> models.find("m", "champion").isPresent());
    }

    @Test
    void a_version_that_can_not_be_used_leaves_the_alias_where_it_was() {
        register("1");
        Models models = OpenModels.in(folder);

        RegisteredModel two = RegisteredModel.example("m", "2");
        two.description().put("sha256", "0");
        two.write(folder);
        RegisteredModel.alias(folder, "m", "champion", "2");

        awaitTrue(() -> !models.mistakes().isEmpty());
        assertThat(version(models)).isEqualTo("1");
    }

    @Test
    void a_version_does_not_change_once_it_was_loaded() {
        register("1");
        Models models = OpenModels.in(folder);
        double before = models.find("m", "champion").orElseThrow().description().threshold();

        RegisteredModel changed = RegisteredModel.example("m", "1");
        changed.description().put("threshold", before / 2);
        changed.write(folder);
        RegisteredModel.example("m", "2").write(folder);
        RegisteredModel.alias(folder, "m", "challenger", "2");
        awaitTrue(() -> models.find("m", "challenger").isPresent());
        RegisteredModel.alias(folder, "m", "champion", "1");
        awaitTrue(() -> models.find("m", "champion").isPresent());

        assertThat(models.find("m", "champion").orElseThrow().description().threshold())
                .isEqualTo(before);
    }

    @Test
    void one_broken_model_does_not_hide_the_others() {
        register("1");
        put("broken/aliases.json", "null");

        Models models = OpenModels.in(folder);

        assertThat(models.find("m", "champion")).isPresent();
        assertThat(models.mistakes().get("broken")).contains(file("broken/aliases.json"));
    }

    @Test
    void a_file_that_was_changed_is_refused() {
        register("1");
        put("m/1/model.onnx", "no model");

        assertThat(mistake()).contains(file("m/1/model.onnx"), "was changed", "SHA-256");
    }

    @Test
    void a_file_that_is_no_model_is_refused() {
        RegisteredModel.of("m", "tx_amount", 1, "no model".getBytes(StandardCharsets.UTF_8))
                .write(folder);
        RegisteredModel.alias(folder, "m", "champion", "1");

        assertThat(mistake()).contains(file("m/1"), "can not be loaded");
    }

    @Test
    void a_missing_file_is_named() throws IOException {
        register("1");
        Files.delete(folder.resolve("m/1/model.onnx"));

        assertThat(mistake()).contains(file("m/1/model.onnx"), "NoSuchFile");
    }

    @Test
    void an_alias_of_a_version_that_is_not_there_is_named() {
        register("1");
        RegisteredModel.alias(folder, "m", "champion", "7");

        assertThat(mistake()).contains(file("m/7/model.json"));
    }

    @Test
    void a_description_without_a_threshold_is_refused() {
        describe(description -> description.description().remove("threshold"));

        assertThat(mistake()).contains(file("m/1/model.json"), "it has no threshold");
    }

    @Test
    void a_description_without_features_and_labels_is_refused() {
        describe(description -> {
            description.description().remove("features");
            description.description().remove("labels");
        });

        assertThat(mistake()).contains(file("m/1/model.json"), "it has no features, no labels");
    }

    @Test
    void a_description_of_another_model_is_refused() {
        describe(description -> description.description().put("version", "2"));
        put("m/1/model.json", RegisteredModel.example("m", "2").description().toString());

        assertThat(mistake()).contains("describes m version 2", "its folder says m version 1");
    }

    @Test
    void a_description_that_is_null_is_refused() {
        register("1");
        put("m/1/model.json", "null");

        assertThat(mistake()).contains(file("m/1/model.json"));
    }

    @Test
    void a_model_of_other_features_than_described_is_refused() {
        RegisteredModel model = RegisteredModel.example("m", "1");
        model.description().withArray("features").remove(0);
        model.write(folder);
        RegisteredModel.alias(folder, "m", "champion", "1");

        assertThat(mistake()).contains(file("m/1"), "rows × 4");
    }

    @Test
    void a_model_that_takes_one_row_a_call_is_refused() {
        RegisteredModel.of("m", "tx_amount", 1, TinyOnnx.oneRowOnly()).write(folder);
        RegisteredModel.alias(folder, "m", "champion", "1");

        assertThat(mistake()).contains(file("m/1"), "can not be loaded");
    }

    @Test
    void a_model_without_a_score_for_its_own_reference_values_is_refused() {
        RegisteredModel.of("m", "tx_amount", -1, TinyOnnx.logarithm()).write(folder);
        RegisteredModel.alias(folder, "m", "champion", "1");

        assertThat(mistake()).contains("scores its own reference values as NaN");
    }

    private void register(String version) {
        RegisteredModel.example("m", version).write(folder);
        RegisteredModel.alias(folder, "m", "champion", version);
    }

    @Test
    void a_graph_of_doubles_that_no_runtime_takes_is_refused_with_the_way_out() throws Exception {
        byte[] onnx = Files.readAllBytes(Path.of("src/test/resources/models/sklearn-classifier-doubles.onnx"));
        RegisteredModel.of("m", List.of("amount", "hour", "count"), 1, onnx).write(folder);
        RegisteredModel.alias(folder, "m", "champion", "1");

        assertThat(mistake())
                .contains("can not be loaded", "tensor(double)", "to_onnx(model, X.astype(numpy.float32))");
    }

    @Test
    void a_text_as_reference_of_a_number_is_refused() {
        describe(model -> model.withText("tx_amount", "much"));

        assertThat(mistake()).contains("takes numbers as its feature 'tx_amount'", "a text, 'much'");
    }

    @Test
    void what_stands_for_a_missing_value_is_the_reference_or_nan() {
        describe(model -> ((ObjectNode) model.description().path("features").get(0)).put("missing", "zero"));

        assertThat(mistake()).contains("what stands for a missing value of feature 'tx_amount'", "not zero");
    }

    @Test
    void labels_belong_to_a_threshold() {
        describe(model -> model.description().remove("threshold"));

        assertThat(mistake()).contains("it has no threshold");
    }

    private void describe(Consumer<RegisteredModel> change) {
        RegisteredModel model = RegisteredModel.example("m", "1");
        Path written = model.write(folder);
        change.accept(model);
        Folders.put(
                written.resolve("model.json"), model.description().toString().getBytes(StandardCharsets.UTF_8));
        RegisteredModel.alias(folder, "m", "champion", "1");
    }

    private void put(String file, String text) {
        try {
            Path path = folder.resolve(file);
            Files.createDirectories(path.getParent());
            Folders.put(path, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String mistake() {
        Models models = OpenModels.in(folder);
        assertThat(models.find("m", "champion")).isEmpty();
        return models.mistakes().get("m");
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private static String version(Models models) {
        return models.find("m", "champion").orElseThrow().description().version();
    }

    private static void awaitTrue(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(condition);
    }
}
