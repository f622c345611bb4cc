package dev.millrace.training.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.simulator.shop.Interaction;
import dev.millrace.simulator.shop.ShopSettings;
import dev.millrace.simulator.shop.ShopSimulator;
import dev.millrace.training.recommend.evaluate.Exam;
import dev.millrace.training.recommend.evaluate.Examiner;
import dev.millrace.training.recommend.evaluate.Measures;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Ease;
import dev.millrace.training.recommend.learn.ImplicitAls;
import dev.millrace.training.recommend.learn.Popularity;
import dev.millrace.training.recommend.learn.Shortlist;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On a simulated shop, as docs/models/recommendations.md says. */
class ShopRecommendationsTest {
    private static final double RIDGE = 50;
    private static List<Interaction> interactions;
    private static Histories histories;

    @BeforeAll
    static void simulate() {
        interactions =
                new ShopSimulator(new ShopSettings(7, LocalDate.of(2026, 1, 1), 120, 700, 300, 0.12)).interactions();
        Histories.Builder builder = new Histories.Builder();
        interactions.forEach(interaction -> add(builder, interaction));
        histories = builder.build();
    }

    private static void add(Histories.Builder builder, Interaction interaction) {
        builder.add(
                "u" + interaction.userId(),
                "p" + interaction.itemId(),
                interaction.at().toEpochSecond(ZoneOffset.UTC));
    }

    @Test
    void ease_beats_popularity_and_als_is_near_to_ease_on_full_ranking() {
        for (Exam exam : List.of(Exam.leaveOneOut(histories), Exam.timeSplit(histories, 0.9))) {
            Examiner examiner = new Examiner(exam, 1);
            Measures popular = examiner.examine(Popularity.of(exam.known()));
            Measures ease = examiner.examine(Ease.learn(Ease.gram(exam.known()), RIDGE));
            Measures als =
                    examiner.examine(ImplicitAls.learn(exam.known(), new ImplicitAls.Settings(24, 0.3, 0.005, 6), 1));
            assertThat(ease.recall20()).isGreaterThan(4 * popular.recall20());
            assertThat(ease.ndcg100()).isGreaterThan(3 * popular.ndcg100());
            assertThat(als.recall20()).isGreaterThan(0.9 * ease.recall20());
            assertThat(als.ndcg100()).isGreaterThan(0.9 * ease.ndcg100());
            assertThat(ease.coverage()).isGreaterThan(popular.coverage());
        }
    }

    @Test
    void the_list_of_a_new_user_changes_after_three_interactions() {
        Shortlist lists =
                new Shortlist(Ease.learn(Ease.gram(histories), RIDGE), Popularity.of(histories), histories.items());
        Shortlist.Answer before = lists.of(new int[0], 10, item -> true);
        int[] three = {histories.of(0)[0], histories.of(0)[1], histories.of(0)[2]};
        Shortlist.Answer after = lists.of(three, 10, item -> true);

        assertThat(before.cold()).isTrue();
        assertThat(after.cold()).isFalse();
        assertThat(after.chosen()).hasSize(10).doesNotContain(three[0], three[1], three[2]);
        assertThat(after.chosen().stream().filter(before.chosen()::contains).count())
                .isLessThanOrEqualTo(5);
    }

    @Test
    void a_new_item_is_recommended_after_its_first_interactions_and_a_retrain() {
        Histories.Builder builder = new Histories.Builder();
        interactions.forEach(interaction -> add(builder, interaction));
        int[] liked = histories.withoutLast().of(0);
        int companion = liked[liked.length - 1];
        long now = 2_000_000_000L;
        for (int user = 0; user < 8; user++) {
            builder.add("early" + user, histories.item(companion), now);
            builder.add("early" + user, "brand-new", now + 1);
        }
        Histories later = builder.build();
        int item = later.items() - 1;
        assertThat(later.item(item)).isEqualTo("brand-new");

        Shortlist lists = new Shortlist(Ease.learn(Ease.gram(later), RIDGE), Popularity.of(later), later.items());

        assertThat(lists.of(new int[] {companion}, 20, any -> true).chosen()).contains(item);
    }
}
