package dev.millrace.training.recommend.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.training.recommend.evaluate.Exam.Question;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Recommender;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each measure is compared with a plain computation over sorted lists, on small histories with many equal scores. */
class ExaminerTest {
    private static final int ITEMS = 150;

    @Test
    void measures_of_leave_one_out_are_those_of_a_plain_computation() {
        assertAsPlain(Exam.leaveOneOut(histories(new Random(1))));
    }

    @Test
    void measures_of_a_split_by_time_are_those_of_a_plain_computation() {
        Exam exam = Exam.timeSplit(histories(new Random(2)), 0.7);

        assertThat(exam.questions())
                .anySatisfy(question -> assertThat(question.held()).hasSizeGreaterThan(20));
        assertAsPlain(exam);
    }

    @Test
    void no_item_that_a_user_chose_is_among_the_others_and_no_other_twice() {
        Histories all = histories(new Random(3));
        Exam exam = Exam.leaveOneOut(all);
        Examiner examiner = new Examiner(exam, 7);

        for (Question question : exam.questions()) {
            Set<Integer> own = new HashSet<>();
            IntStream.of(all.of(question.user())).forEach(own::add);
            int[] others = examiner.negatives(question);
            assertThat(others).hasSize(Math.min(100, ITEMS - own.size())).doesNotHaveDuplicates();
            assertThat(IntStream.of(others)).noneMatch(own::contains);
        }
    }

    @Test
    void what_validates_settings_is_not_what_is_held_back() {
        Exam exam = Exam.leaveOneOut(histories(new Random(4)));

        for (Question inner : exam.inner(0.9).questions()) {
            assertThat(exam.known().of(inner.user())).contains(inner.held());
        }
    }

    private static void assertAsPlain(Exam exam) {
        Recommender uneven = new Recommender() {
            @Override
            public String text() {
                return "uneven";
            }

            @Override
            public void score(int[] history, float[] scores) {
                Random random = new Random(history.length);
                for (int item = 0; item < scores.length; item++) {
                    scores[item] = random.nextInt(30);
                }
            }
        };
        Examiner examiner = new Examiner(exam, 5);
        int[] counts = exam.known().counts();
        double hits = 0;
        double sampledGains = 0;
        double recalls = 0;
        double gains = 0;
        double novelty = 0;
        Set<Integer> shown = new HashSet<>();
        for (Question question : exam.questions()) {
            float[] scores = new float[counts.length];
            uneven.score(exam.known().of(question.user()), scores);
            Set<Integer> own = new HashSet<>();
            IntStream.of(exam.known().of(question.user())).forEach(own::add);
            List<Integer> held = IntStream.of(question.held())
                    .filter(item -> counts[item] > 0)
                    .boxed()
                    .toList();
            List<Integer> ranked = new ArrayList<>(IntStream.range(0, counts.length)
                    .filter(item -> counts[item] > 0 && !own.contains(item))
                    .boxed()
                    .toList());
            ranked.sort((a, b) -> Float.compare(scores[b], scores[a]));
            double found = 0;
            double gain = 0;
            for (int item : held) {
                int rank = (int) ranked.stream()
                        .filter(other -> scores[other] >= scores[item])
                        .count();
                found += rank <= 20 ? 1 : 0;
                gain += rank <= 100 ? 1 / log2(1 + rank) : 0;
            }
            double best = IntStream.rangeClosed(1, Math.min(100, question.held().length))
                    .mapToDouble(rank -> 1 / log2(1 + rank))
                    .sum();
            recalls += found / Math.min(20, question.held().length);
            gains += gain / best;
            List<Integer> first = ranked.subList(0, Math.min(20, ranked.size()));
            shown.addAll(first);
            novelty += first.stream()
                    .mapToDouble(
                            item -> -log2(counts[item] / (double) exam.known().users()))
                    .average()
                    .orElse(0);
            if (examiner.sampled()) {
                int item = question.held()[0];
                long rank = 1;
                for (int other : examiner.negatives(question)) {
                    rank += counts[item] == 0 || counts[other] > 0 && scores[other] >= scores[item] ? 1 : 0;
                }
                hits += rank <= 10 ? 1 : 0;
                sampledGains += rank <= 10 ? 1 / log2(1 + rank) : 0;
            }
        }
        double count = exam.questions().size();
        Measures measures = examiner.examine(uneven);

        assertThat(measures.recall20()).isEqualTo(recalls / count, within(1e-9)).isPositive();
        assertThat(measures.ndcg100()).isEqualTo(gains / count, within(1e-9)).isPositive();
        assertThat(measures.novelty()).isEqualTo(novelty / count, within(1e-9));
        assertThat(measures.coverage())
                .isEqualTo(
                        shown.size()
                                / (double) IntStream.of(counts)
                                        .filter(chosen -> chosen > 0)
                                        .count(),
                        within(1e-9));
        if (examiner.sampled()) {
            assertThat(measures.hitRate10())
                    .isEqualTo(hits / count, within(1e-9))
                    .isPositive();
            assertThat(measures.ndcg10())
                    .isEqualTo(sampledGains / count, within(1e-9))
                    .isPositive();
        } else {
            assertThat(measures.hitRate10()).isNaN();
        }
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    private static Histories histories(Random random) {
        Histories.Builder builder = new Histories.Builder();
        for (int item = 0; item < ITEMS; item++) {
            builder.add("everything", "i" + item, 1000L + item);
        }
        for (int user = 0; user < 40; user++) {
            int choices = 2 + random.nextInt(100);
            for (int i = 0; i < choices; i++) {
                int item = (int) (ITEMS * Math.pow(random.nextDouble(), 2));
                builder.add("u" + user, "i" + item, random.nextInt(2_000));
            }
        }
        return builder.build();
    }
}
