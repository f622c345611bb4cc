package dev.millrace.model.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that scikit-learn, XGBoost and LightGBM exported, against the scores that these give themselves. */
class ExportedModelsTest {
    private static final String THREE_CLASSES = "sklearn-classifier-three-classes";
    private static final JsonNode EXPECTED = expected();

    static Stream<String> models() {
        List<String> names = new ArrayList<>();
        EXPECTED.fieldNames().forEachRemaining(names::add);
        return names.stream().filter(name -> !name.equals(THREE_CLASSES));
    }

    @ParameterizedTest
    @MethodSource("models")
    void scores_as_its_trainer_does(String name) throws Exception {
        try (OnnxScorer scorer = OnnxScorer.load(onnx(name), features(name))) {
            double[] scores = scorer.score(values(name), rows(name).size());

            assertThat(scores).hasSize(8);
            for (int row = 0; row < scores.length; row++) {
                double expected = EXPECTED.path(name).path("scores").get(row).asDouble();
                assertThat(scores[row])
                        .as("row " + row)
                        .isEqualTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xgboost-classifier", "sklearn-regressor-double", "sklearn-regressor-int64"})
    void rows_of_floats_are_scored_the_same(String name) throws Exception {
        try (OnnxScorer scorer = OnnxScorer.load(onnx(name), 3)) {
            Object[] values = values(name);
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = ((Number) values[i]).floatValue();
            }

            assertThat(scorer.score(floats, 8)).isEqualTo(scorer.score(values, 8));
        }
    }

    @Test
    void named_inputs_are_found_whatever_the_features_order() throws Exception {
        String name = "sklearn-pipeline-named-inputs";
        try (OnnxScorer inOrder = OnnxScorer.load(onnx(name), List.of("amount", "hour", "country"));
                OnnxScorer other = OnnxScorer.load(onnx(name), List.of("country", "amount", "hour"))) {
            assertThat(other.score(new Object[] {"fr", 300.0, 3L}, 1))
                    .isEqualTo(inOrder.score(new Object[] {300.0, 3L, "fr"}, 1));
            assertThat(other.takesText(0)).isTrue();
            assertThat(other.takesText(1)).isFalse();
        }
    }

    @Test
    void a_text_that_was_not_in_training_is_scored() throws Exception {
        try (OnnxScorer scorer =
                OnnxScorer.load(onnx("sklearn-pipeline-named-inputs"), List.of("amount", "hour", "country"))) {
            assertThat(scorer.score(new Object[] {10.0, 3L, "\ud83d\ude00"}, 1)[0])
                    .isBetween(0.0, 1.0);
        }
    }

    @Test
    void a_text_in_a_numbers_place_is_named() throws Exception {
        try (OnnxScorer scorer =
                OnnxScorer.load(onnx("sklearn-pipeline-named-inputs"), List.of("amount", "hour", "country"))) {
            assertThatThrownBy(() -> scorer.score(new Object[] {"ten", 3L, "fr"}, 1))
                    .hasMessageContaining("input 'amount' takes numbers");
        }
    }

    @Test
    void of_three_classes_none_is_the_score() {
        assertThatThrownBy(() -> OnnxScorer.load(onnx(THREE_CLASSES), 3))
                .isInstanceOf(OrtException.class)
                .hasMessageContaining("'probabilities' has 3 values a row");
    }

    @Test
    void a_model_of_another_number_of_features_is_refused() {
        assertThatThrownBy(() -> OnnxScorer.load(onnx("xgboost-regressor"), 4))
                .hasMessageContaining("rows × 4")
                .hasMessageContaining("'input', FP32 of -1 × 3");
    }

    @Test
    void the_signature_is_the_graphs_own() throws Exception {
        try (OnnxModel model = OnnxModel.load(onnx("sklearn-pipeline-named-inputs"))) {
            assertThat(model.inputs())
                    .containsExactly(
                            new TensorSpec("amount", DataType.FP32, List.of(-1L, 1L)),
                            new TensorSpec("hour", DataType.INT64, List.of(-1L, 1L)),
                            new TensorSpec("country", DataType.BYTES, List.of(-1L, 1L)));
            assertThat(model.outputs())
                    .containsExactly(
                            new TensorSpec("output_label", DataType.INT64, List.of(-1L)),
                            new TensorSpec("output_probability", DataType.FP32, List.of(-1L, -1L)));
        }
    }

    @Test
    void a_model_that_is_in_use_is_unloaded_when_it_no_longer_is() throws Exception {
        OnnxScorer scorer = OnnxScorer.load(onnx("xgboost-regressor"), 3);
        assertThat(scorer.model().acquire()).isTrue();

        scorer.close();
        scorer.close();

        assertThat(scorer.score(new float[] {1, 2, 3}, 1)).hasSize(1);
        scorer.model().release();
        assertThat(scorer.model().acquire()).isFalse();
        assertThatThrownBy(() -> scorer.score(new float[] {1, 2, 3}, 1)).hasMessageContaining("unloaded");
    }

    private static List<String> features(String name) {
        return name.contains("named-inputs")
                ? List.of("amount", "hour", "country")
                : name.contains("text-tensor") ? List.of("country", "time") : List.of("amount", "hour", "count");
    }

    private static JsonNode rows(String name) {
        return EXPECTED.path(name).path("rows");
    }

    private static Object[] values(String name) {
        List<Object> values = new ArrayList<>();
        for (JsonNode row : rows(name)) {
            for (JsonNode value : row) {
                values.add(
                        value.isTextual()
                                ? value.asText()
                                : value.isIntegralNumber() ? value.asLong() : value.asDouble());
            }
        }
        return values.toArray();
    }

    private static JsonNode expected() {
        try (InputStream file = ExportedModelsTest.class.getResourceAsStream("/models/expected.json")) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] onnx(String name) {
        try (InputStream file = ExportedModelsTest.class.getResourceAsStream("/models/" + name + ".onnx")) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
