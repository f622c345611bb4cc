package dev.millrace.training.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On a simulated shop, as docs/models/recommendations.md says. */
class ShopRecommendationsTest {
    private static final double RIDGE = 50;
    private static final double WIDE_RIDGE = 400;
    private static List<Interaction> interactions;
    private static Histories histories;

    @BeforeAll
    static void simulate() {
        interactions =
                new ShopSimulator(new ShopSettings(7, LocalDate.of(2026, 1, 1), 120, 700, 300, 0.12)).interactions();
        histories = histories(1, 1);
    }

    private static Histories histories(float purchase, float rating) {
        Histories.Builder builder = new Histories.Builder();
        for (Interaction one : interactions) {
            float counts = switch (one.kind()) {
                case VIEW -> 1;
                case PURCHASE -> purchase;
                case RATING -> rating;
            };
            builder.add("u" + one.userId(), "p" + one.itemId(), second(one), counts);
        }
        return builder.build();
    }

    private static long second(Interaction interaction) {
        return interaction.at().toEpochSecond(ZoneOffset.UTC);
    }

    private static void add(Histories.Builder builder, Interaction interaction) {
        builder.add("u" + interaction.userId(), "p" + interaction.itemId(), second(interaction));
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
    void purchases_that_count_for_more_are_foreseen_better_and_all_else_as_well_as_before() {
        Histories counted = histories(4, 2);
        Exam even = Exam.timeSplit(histories, 0.9);
        Exam weighed = Exam.timeSplit(counted, 0.9);
        Ease before = Ease.learn(Ease.gram(even.known()), WIDE_RIDGE);
        Ease after = Ease.learn(Ease.gram(weighed.known()), WIDE_RIDGE);

        Examiner purchases = new Examiner(ofPurchases(even), 1);
        assertThat(purchases.examine(after).ndcg100())
                .isGreaterThan(1.05 * purchases.examine(before).ndcg100());
        Examiner all = new Examiner(even, 1);
        assertThat(all.examine(after).ndcg100()).isCloseTo(all.examine(before).ndcg100(), within(0.005));
    }

    /** Who bought something after what is known, and what that was. */
    private static Exam ofPurchases(Exam exam) {
        long split = histories.timeOfShare(0.9);
        Set<String> bought = interactions.stream()
                .filter(one -> one.kind() == Interaction.Kind.PURCHASE && second(one) >= split)
                .map(one -> "u" + one.userId() + " p" + one.itemId())
                .collect(Collectors.toSet());
        List<Exam.Question> questions = exam.questions().stream()
                .map(question -> new Exam.Question(
                        question.user(),
                        IntStream.of(question.held())
                                .filter(item ->
                                        bought.contains(histories.user(question.user()) + " " + histories.item(item)))
                                .toArray()))
                .filter(question -> question.held().length > 0)
                .toList();
        return new Exam(exam.known(), questions, exam.protocol(), "");
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
