package dev.millrace.training.recommend.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Ease;
import dev.millrace.training.recommend.learn.Fading;
import dev.millrace.training.recommend.learn.ImplicitAls;
import dev.millrace.training.recommend.learn.Popularity;
import dev.millrace.training.recommend.learn.Shortlist;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemWeightsOnnxTest {
    private static final int ITEMS = 80;

    @TempDir
    Path folder;

    @Test
    void the_file_gives_the_trainers_scores_and_lists() throws Exception {
        Histories histories = histories(new Random(1));
        Ease ease = Ease.learn(Ease.gram(histories), 15).with(new Fading(0.4));
        new Export(ease, histories).write(folder);
        assertThat(folder.resolve("items.json")).content().contains("\"rows\":[{\"item_id\":\"i0\"}", "\"fading\":0.4");
        Shortlist lists = new Shortlist(ease, Popularity.of(histories), ITEMS);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(Files.readAllBytes(folder.resolve("model.onnx")))) {
            // The first user chose everything, so that there is nothing left to list.
            for (int user = 1; user < histories.users(); user++) {
                int[] history = histories.of(user);
                boolean[] allowed = new boolean[ITEMS];
                IntStream.range(0, ITEMS).forEach(item -> allowed[item] = item % 3 != 0);
                float[] own = new float[ITEMS];
                ease.score(history, own);

                Answer answer =
                        ask(environment, session, history, ease.fading().weights(history.length), true, allowed);

                for (int item = 0; item < ITEMS; item++) {
                    assertThat(answer.scores[item]).isEqualTo(own[item], within(1e-5f));
                }
                long[] expected = lists.of(history, 10, item -> allowed[item]).chosen().stream()
                        .mapToLong(Integer::longValue)
                        .toArray();
                assertThat(answer.items).isEqualTo(expected);
                assertReasons(ease, history, answer);
            }
        }
    }

    @Test
    void what_was_seen_is_listed_if_it_is_not_excluded() throws Exception {
        Histories histories = histories(new Random(2));
        Ease ease = Ease.learn(Ease.gram(histories), 15);
        boolean[] all = new boolean[ITEMS];
        Arrays.fill(all, true);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(ItemWeightsOnnx.write(ease.weights(), "{}"))) {
            int[] history = histories.of(3);
            float[] own = new float[ITEMS];
            ease.score(history, own);
            int best = IntStream.range(0, ITEMS)
                    .reduce((a, b) -> own[b] > own[a] ? b : a)
                    .orElseThrow();

            Answer answer = ask(environment, session, history, Fading.NONE.weights(history.length), false, all);

            assertThat(answer.items[0]).isEqualTo(best);
        }
    }

    @Test
    void the_greatest_weights_alone_give_their_scores_lists_and_reasons() throws Exception {
        Histories histories = histories(new Random(4));
        Ease ease = Ease.learn(Ease.gram(histories), 15).with(new Fading(0.4)).with(9);
        Shortlist lists = new Shortlist(ease, Popularity.of(histories), ITEMS);
        boolean[] all = new boolean[ITEMS];
        Arrays.fill(all, true);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(SparseWeightsOnnx.write(ease.weights(), 9, "{}"))) {
            for (int user = 1; user < histories.users(); user++) {
                int[] history = histories.of(user);
                float[] own = new float[ITEMS];
                ease.score(history, own);

                Answer answer = ask(environment, session, history, ease.fading().weights(history.length), true, all);

                for (int item = 0; item < ITEMS; item++) {
                    assertThat(answer.scores[item]).isEqualTo(own[item], within(1e-5f));
                }
                assertThat(answer.items[0]).isEqualTo((long)
                        lists.of(history, 1, item -> true).chosen().get(0));
                assertReasons(ease, history, answer);
            }
        }
    }

    @Test
    void factors_give_the_trainers_scores_and_lists_too() throws Exception {
        Histories histories = histories(new Random(3));
        ImplicitAls als = ImplicitAls.learn(histories, new ImplicitAls.Settings(16, 0.1, 0.005, 6), 1)
                .with(new Fading(0.4));
        Shortlist lists = new Shortlist(als, Popularity.of(histories), ITEMS);
        boolean[] all = new boolean[ITEMS];
        Arrays.fill(all, true);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(FactorsOnnx.write(als, "{}"))) {
            for (int user = 1; user < histories.users(); user++) {
                int[] history = histories.of(user);
                float[] own = new float[ITEMS];
                als.score(history, own);

                Answer answer = ask(environment, session, history, als.fading().weights(history.length), true, all);

                for (int item = 0; item < ITEMS; item++) {
                    assertThat(answer.scores[item]).isEqualTo(own[item], within(1e-4f));
                }
                assertThat(answer.items[0]).isEqualTo((long)
                        lists.of(history, 1, item -> true).chosen().get(0));
                // Of a history of one item, that one adds all of the score; of longer ones, none of them more than
                // there is.
                Answer alone = ask(environment, session, new int[] {history[0]}, new float[] {1}, true, all);
                for (int place = 0; place < alone.items.length; place++) {
                    assertThat(alone.because[place]).isZero();
                    assertThat(alone.effects[place]).isEqualTo(alone.scores[(int) alone.items[place]], within(1e-4f));
                }
                assertThat(answer.because[0]).isBetween(0L, history.length - 1L);
            }
        }
    }

    /** What the model service is tested with is what is written here. */
    @Test
    void the_model_services_tests_have_the_file_that_is_written() throws Exception {
        Histories.Builder builder = new Histories.Builder();
        for (int user = 0; user < 24; user++) {
            String kind = user % 2 == 0 ? "b" : "t";
            for (int i = 0; i < 3; i++) {
                builder.add("u" + user, kind + (1 + (user / 2 + i) % 4), user * 10L + i);
            }
        }
        builder.add("u0", "b9", 1_000);
        Histories histories = builder.build();
        Schema fields = new Schema(List.of(
                Field.canonical("item", FieldType.STRING, false),
                Field.canonical("category", FieldType.STRING, false),
                Field.canonical("price", FieldType.DECIMAL, false)));
        List<Row> rows = IntStream.range(0, histories.items())
                .mapToObj(histories::item)
                .map(name -> new Row(fields, new Object[] {
                    name, name.startsWith("b") ? "books" : "tools", new BigDecimal(name.substring(1) + ".50")
                }))
                .toList();
        Ease ease = Ease.learn(Ease.gram(histories), 1).with(new Fading(0.5));
        byte[] file = ItemWeightsOnnx.write(
                ease.weights(),
                new ItemsNote(ease.text(), 0.5, "item", fields, rows, histories.counts(), histories.counts()).json());
        requireKept("recommend.onnx", file);
    }

    @Test
    void the_model_services_tests_have_the_file_of_few_weights_that_is_written() throws Exception {
        Histories histories = histories(new Random(4));
        Ease ease = Ease.learn(Ease.gram(histories), 15).with(new Fading(0.4)).with(9);
        String items = ItemsNote.of(ease.text(), 0.4, histories).json();
        requireKept("recommend-rows.onnx", SparseWeightsOnnx.write(ease.weights(), 9, items));
    }

    private static void requireKept(String name, byte[] file) throws IOException {
        Path kept = Path.of("..", "model-service", "src", "test", "resources", "models", name);
        if (System.getProperty("millrace.docs", "").equals("write")) {
            Files.write(kept, file);
        }
        assertThat(Arrays.equals(Files.readAllBytes(kept), file))
                .as("%s is written by -Dmillrace.docs=write", kept)
                .isTrue();
    }

    /** What an item is because of is what adds most to its score, and it says how much. */
    private static void assertReasons(Ease ease, int[] history, Answer answer) {
        float[] weights = ease.fading().weights(history.length);
        for (int place = 0; place < answer.items.length; place++) {
            int listed = (int) answer.items[place];
            double most = IntStream.range(0, history.length)
                    .mapToDouble(i -> weights[i] * ease.weights().get(history[i], listed))
                    .max()
                    .orElseThrow();
            int because = (int) answer.because[place];
            assertThat((double) answer.effects[place]).isEqualTo(most, within(1e-5));
            assertThat((double) weights[because] * ease.weights().get(history[because], listed))
                    .isEqualTo(most, within(1e-5));
        }
    }

    private record Answer(float[] scores, long[] items, long[] because, float[] effects) {}

    private static Answer ask(
            OrtEnvironment environment,
            OrtSession session,
            int[] history,
            float[] weights,
            boolean exclude,
            boolean[] allowed)
            throws OrtException {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            inputs.put(
                    "items",
                    OnnxTensor.createTensor(
                            environment, IntStream.of(history).asLongStream().toArray()));
            inputs.put("weights", OnnxTensor.createTensor(environment, weights));
            inputs.put("k", OnnxTensor.createTensor(environment, new long[] {10}));
            inputs.put("exclude_seen", OnnxTensor.createTensor(environment, new boolean[] {exclude}));
            inputs.put("allowed", OnnxTensor.createTensor(environment, allowed));
            try (OrtSession.Result result = session.run(inputs)) {
                return new Answer(
                        (float[]) result.get("scores").orElseThrow().getValue(),
                        (long[]) result.get("top_items").orElseThrow().getValue(),
                        (long[]) result.get("because").orElseThrow().getValue(),
                        (float[]) result.get("effects").orElseThrow().getValue());
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static Histories histories(Random random) {
        Histories.Builder builder = new Histories.Builder();
        for (int item = 0; item < ITEMS; item++) {
            builder.add("everything", "i" + item, item);
        }
        for (int user = 0; user < 60; user++) {
            for (int i = 0; i < 12; i++) {
                builder.add("u" + user, "i" + (int) (ITEMS * Math.pow(random.nextDouble(), 2)), i);
            }
        }
        return builder.build();
    }
}
