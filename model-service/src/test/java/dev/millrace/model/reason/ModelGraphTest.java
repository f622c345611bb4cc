package dev.millrace.model.reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.ExplainedOnnx;
import dev.millrace.model.inference.OnnxScorer;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is read out of a graph comes to what ONNX Runtime makes of it. */
class ModelGraphTest {
    private static final int FEATURES = 6;
    private static final double[] REFERENCES = {1, 2, 3, 4, 5, 6};

    @Test
    void trees_with_covers_a_calibration_and_a_sigmoid() throws Exception {
        Random random = new Random(3);
        for (int run = 0; run < 10; run++) {
            Trees trees = new TreeShapTest.Grown(random).trees(20, 5);
            byte[] onnx = ExplainedOnnx.trees(trees(trees), true);

            Explainer explainer = ModelGraph.of(onnx).explainer(REFERENCES).orElseThrow();

            assertThat(explainer.method()).isEqualTo("tree_shap");
            assertThat(explainer.isLogOdds()).isTrue();
            assertEqual(onnx, explainer, random);
        }
    }

    @Test
    void trees_without_covers_are_not_explained() {
        Trees trees = new TreeShapTest.Grown(new Random(1)).trees(20, 5);

        assertThat(ModelGraph.of(ExplainedOnnx.trees(trees(trees), false)).explainer(REFERENCES))
                .isEmpty();
    }

    @Test
    void a_weighted_sum_compares_with_the_means_that_it_takes_away() throws Exception {
        byte[] onnx = ExplainedOnnx.linear(new float[] {2, 0, 1}, new float[] {0.5f, -1, 2}, 0.25f);

        Explainer explainer =
                ModelGraph.of(onnx).explainer(new double[] {9, 9, 9}).orElseThrow();

        assertThat(explainer.method()).isEqualTo("linear");
        assertThat(explainer.base()).isEqualTo(0.25);
        assertThat(explainer.effects(new float[] {4, 3, 1}, 0)).containsExactly(1, -3, 0);
        assertEqual(onnx, explainer, new Random(5));
    }

    @Test
    void what_is_no_model_is_not_explained() {
        assertThat(ModelGraph.of("no model".getBytes()).explainer(REFERENCES)).isEqualTo(Optional.empty());
        assertThat(ModelGraph.of(new byte[0]).explainer(REFERENCES)).isEmpty();
    }

    private static ExplainedOnnx.Arrays trees(Trees trees) {
        int size = trees.features().length;
        int[] treeOf = new int[size];
        int tree = -1;
        for (int node = 0; node < size; node++) {
            for (int root : trees.roots()) {
                tree = root == node ? tree + 1 : tree;
            }
            treeOf[node] = tree;
        }
        return new ExplainedOnnx.Arrays(
                treeOf,
                trees.features(),
                java.util.Arrays.stream(trees.modes()).map(Enum::name).toList(),
                trees.thresholds(),
                trees.missingIsTrue(),
                trees.whenTrue(),
                trees.whenFalse(),
                trees.covers(),
                trees.values());
    }

    private static void assertEqual(byte[] onnx, Explainer explainer, Random random) throws Exception {
        int width = explainer.effects(new float[FEATURES], 0).length;
        try (OnnxScorer scorer = OnnxScorer.load(onnx, width)) {
            for (int i = 0; i < 50; i++) {
                float[] row = new float[width];
                for (int j = 0; j < width; j++) {
                    row[j] = random.nextInt(8);
                }
                double raw = explainer.base();
                for (double effect : explainer.effects(row, 0)) {
                    raw += effect;
                }
                assertThat(explainer.score(raw)).isEqualTo(scorer.score(row, 1)[0], within(1e-6));
            }
        }
    }
}
