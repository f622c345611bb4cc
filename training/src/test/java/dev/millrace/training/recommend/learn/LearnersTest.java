package dev.millrace.training.recommend.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.training.recommend.history.Histories;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LearnersTest {
    private static final int ITEMS = 130;

    @Test
    void ease_gives_each_item_the_ridge_regression_on_all_others() {
        Histories histories = histories(new Random(1));
        double ridge = 20;

        ItemWeights weights = Ease.learn(Ease.gram(histories), ridge).weights();

        // What the closed form says: for each item, (G + λ) B is G off the diagonal, up to the multiplier of B's zero.
        double[][] gram = gram(histories);
        for (int to = 0; to < ITEMS; to++) {
            assertThat(weights.get(to, to)).isZero();
            for (int row = 0; row < ITEMS; row++) {
                double sum = 0;
                for (int from = 0; from < ITEMS; from++) {
                    sum += (gram[row][from] + (row == from ? ridge : 0)) * weights.get(from, to);
                }
                if (row != to) {
                    assertThat(sum).isEqualTo(gram[row][to], within(1e-3));
                }
            }
        }
    }

    @Test
    void a_user_whose_choices_count_for_three_is_as_three_users() {
        Histories.Builder counted = new Histories.Builder();
        Histories.Builder many = new Histories.Builder();
        Random random = new Random(8);
        for (int user = 0; user < 40; user++) {
            for (int i = 0; i < 6; i++) {
                String item = "i" + random.nextInt(20);
                counted.add("u" + user, item, i, user % 2 == 0 ? 3 : 1);
                // Counted again for less, it still counts for the most.
                counted.add("u" + user, item, i + 10, 1);
                for (int copy = 0; copy < (user % 2 == 0 ? 3 : 1); copy++) {
                    many.add("u" + user + "-" + copy, item, i);
                }
            }
        }
        ItemWeights one = Ease.learn(Ease.gram(counted.build()), 5).weights();
        ItemWeights other = Ease.learn(Ease.gram(many.build()), 5).weights();

        for (int from = 0; from < one.items(); from++) {
            for (int to = 0; to < one.items(); to++) {
                assertThat(one.get(from, to)).isEqualTo(other.get(from, to), within(1e-5f));
            }
        }
    }

    @Test
    void ease_in_floats_is_as_in_doubles() {
        Histories histories = histories(new Random(2));
        ItemWeights doubles = SymmetricSystem.ease(Ease.gram(histories), 20);
        ItemWeights floats = SymmetricSystem.easeInFloats(Ease.gram(histories), 20);

        for (int from = 0; from < ITEMS; from++) {
            for (int to = 0; to < ITEMS; to++) {
                assertThat(floats.get(from, to)).isEqualTo(doubles.get(from, to), within(1e-4f));
            }
        }
    }

    @Test
    void what_comes_next_is_told_from_what_came_before() {
        Histories.Builder builder = new Histories.Builder();
        Random random = new Random(3);
        for (int user = 0; user < 300; user++) {
            int item = random.nextInt(20);
            for (int i = 0; i < 8; i++, item = (item + 1) % 20) {
                builder.add("u" + user, "i" + item, i);
            }
        }
        Histories histories = builder.build();
        NextItem next = NextItem.learn(histories, new NextItem.Settings(0.7, 0.5, 10));

        for (int user = 0; user < 50; user++) {
            int[] history = histories.withoutLast().of(user);
            float[] scores = new float[histories.items()];
            next.score(history, scores);
            assertThat(best(scores)).isEqualTo(histories.of(user)[history.length]);
        }
    }

    @Test
    void als_tells_two_tastes_apart_for_someone_it_never_saw() {
        Histories.Builder builder = new Histories.Builder();
        Random random = new Random(4);
        for (int user = 0; user < 100; user++) {
            for (int i = 0; i < 12; i++) {
                builder.add("u" + user, "i" + (2 * random.nextInt(20) + user % 2), i);
            }
        }
        Histories histories = builder.build();
        ImplicitAls als = ImplicitAls.learn(histories, new ImplicitAls.Settings(4, 0.3, 0.003, 8), 1);
        int[] history = histories.of(0);
        float[] scores = new float[histories.items()];
        als.score(new int[] {history[0], history[1], history[2]}, scores);

        int parity = Integer.parseInt(histories.item(history[0]).substring(1)) % 2;
        float worstOfOwn = Float.POSITIVE_INFINITY;
        float bestOfOthers = Float.NEGATIVE_INFINITY;
        for (int item = 0; item < scores.length; item++) {
            if (Integer.parseInt(histories.item(item).substring(1)) % 2 == parity) {
                worstOfOwn = Math.min(worstOfOwn, scores[item]);
            } else {
                bestOfOthers = Math.max(bestOfOthers, scores[item]);
            }
        }
        assertThat(worstOfOwn).isGreaterThan(bestOfOthers);
    }

    @Test
    void a_history_that_does_not_fade_weighs_the_same_and_one_that_does_weighs_the_latest_most() {
        assertThat(Fading.NONE.weights(3)).containsExactly(1, 1, 1);
        assertThat(new Fading(1).weights(3)).containsExactly(1 / 3f, 1 / 2f, 1);
    }

    private static int best(float[] scores) {
        int best = 0;
        for (int item = 0; item < scores.length; item++) {
            best = scores[item] > scores[best] ? item : best;
        }
        return best;
    }

    private static double[][] gram(Histories histories) {
        double[][] gram = new double[ITEMS][ITEMS];
        for (int user = 0; user < histories.users(); user++) {
            for (int a : histories.of(user)) {
                for (int b : histories.of(user)) {
                    gram[a][b]++;
                }
            }
        }
        return gram;
    }

    /** More items than EJML has in a block. */
    private static Histories histories(Random random) {
        Histories.Builder builder = new Histories.Builder();
        for (int item = 0; item < ITEMS; item++) {
            builder.add("everything", "i" + item, item);
        }
        for (int user = 0; user < 200; user++) {
            for (int i = 0; i < 15; i++) {
                builder.add("u" + user, "i" + (int) (ITEMS * Math.pow(random.nextDouble(), 2)), i);
            }
        }
        return builder.build();
    }
}
