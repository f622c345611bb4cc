package dev.millrace.training.recommend.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Ease;
import dev.millrace.training.recommend.learn.Fading;
import dev.millrace.training.recommend.learn.Popularity;
import dev.millrace.training.recommend.learn.Shortlist;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
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
                return new Answer((float[]) result.get("scores").orElseThrow().getValue(), (long[])
                        result.get("top_items").orElseThrow().getValue(), (long[])
                        result.get("because").orElseThrow().getValue(), (float[])
                        result.get("effects").orElseThrow().getValue());
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
