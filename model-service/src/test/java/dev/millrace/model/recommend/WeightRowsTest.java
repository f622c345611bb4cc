package dev.millrace.model.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.inference.OnnxModel;
import dev.millrace.model.inference.Runner;
import dev.millrace.model.inference.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WeightRowsTest {
    private static final Path FILE = Path.of("src", "test", "resources", "models", "recommend-rows.onnx");
    private static final int ITEMS = 80;

    @Test
    void lists_are_those_of_the_graph_with_its_scores_and_reasons() throws Exception {
        byte[] onnx = Files.readAllBytes(FILE);
        Ranker rows = WeightRows.of(onnx, ITEMS).orElseThrow();
        Random random = new Random(11);
        try (OnnxModel model = OnnxModel.load(onnx)) {
            Ranker graph = new GraphRanker(model, ITEMS);
            for (int call = 0; call < 500; call++) {
                int[] history = random.ints(0, ITEMS)
                        .distinct()
                        .limit(1 + random.nextInt(30))
                        .toArray();
                float[] weights = new float[history.length];
                for (int i = 0; i < weights.length; i++) {
                    weights[i] = random.nextFloat();
                }
                int k = 1 + random.nextInt(ITEMS);
                boolean exclude = random.nextBoolean();
                int every = 1 + random.nextInt(4);
                Mask allowed = Mask.of(ITEMS, item -> item % every == 0);

                List<Ranked> expected = graph.rank(history, weights, k, exclude, allowed, Runner.DIRECT);
                List<Ranked> actual = rows.rank(history, weights, k, exclude, allowed, Runner.DIRECT);

                assertThat(actual)
                        .extracting(Ranked::item)
                        .isEqualTo(expected.stream().map(Ranked::item).toList());
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(actual.get(i).score()).isEqualTo(expected.get(i).score(), within(1e-6));
                    assertThat(actual.get(i).effect()).isEqualTo(expected.get(i).effect(), within(1e-6));
                    assertThat(actual.get(i).because())
                            .isEqualTo(expected.get(i).because());
                }
            }
        }
    }

    @Test
    void a_version_of_few_weights_lists_without_its_graph() throws Exception {
        Runner none = new Runner() {
            @Override
            public List<Tensor> run(OnnxModel model, Map<String, Tensor> given, List<String> wanted) {
                throw new AssertionError("the graph was run");
            }
        };
        Recommender recommender = Recommender.load(Files.readAllBytes(FILE), Set.of());
        try {
            Mask all = recommender.allowed(Optional.empty());
            assertThat(recommender.byHistory(new int[] {3, 5}, 10, true, all, none))
                    .hasSize(10)
                    .extracting(Ranked::item)
                    .doesNotContain(3, 5);
        } finally {
            recommender.close();
        }
    }

    @Test
    void a_file_of_another_form_has_no_rows() throws Exception {
        byte[] dense = Files.readAllBytes(FILE.resolveSibling("recommend.onnx"));

        assertThat(WeightRows.of(dense, 9)).isEmpty();
        assertThat(WeightRows.of(Files.readAllBytes(FILE), ITEMS + 1))
                .as("of as many items")
                .isEmpty();
    }
}
