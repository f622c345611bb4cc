package dev.millrace.training.recommend.evaluate;

import dev.millrace.training.recommend.evaluate.Exam.Protocol;
import dev.millrace.training.recommend.evaluate.Exam.Question;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Blend;
import dev.millrace.training.recommend.learn.Recommender;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

/**
 * Ranks what an exam holds back. A user's known items are left out. Items that nobody is known to have chosen come last, and of
 * equal scores the held-back item comes last, so that a recommender that can not tell gains nothing. Thread-safe.
 */
public final class Examiner {
    /** Among how many others the item is ranked in the sampled protocol. */
    public static final int NEGATIVES = 100;

    private static final int SAMPLED = 10;
    private static final int SHORT = 20;
    private static final int LONG = 100;

    private final Exam exam;
    private final Histories known;
    private final boolean[] chosen;
    private final double[] surprise;
    private final long seed;

    /**
     * An examiner.
     *
     * @param seed of the sampled others; the same for all recommenders, so that they are asked the same
     */
    public Examiner(Exam exam, long seed) {
        this.exam = exam;
        this.known = exam.known();
        this.chosen = exam.chosen();
        this.seed = seed;
        int[] counts = known.counts();
        surprise = new double[counts.length];
        for (int item = 0; item < counts.length; item++) {
            surprise[item] = -Math.log(Math.max(1, counts[item]) / (double) known.users()) / Math.log(2);
        }
    }

    /** The exam. */
    public Exam exam() {
        return exam;
    }

    /** Asks all questions. */
    public Measures examine(Recommender recommender) {
        int count = exam.questions().size();
        double[] hits = new double[count];
        double[] sampledGains = new double[count];
        double[] recalls = new double[count];
        double[] gains = new double[count];
        double[] surprises = new double[count];
        AtomicIntegerArray shown = new AtomicIntegerArray(known.items());
        ThreadLocal<float[]> space = ThreadLocal.withInitial(() -> new float[known.items()]);
        IntStream.range(0, count).parallel().forEach(index -> {
            Question question = exam.questions().get(index);
            float[] scores = space.get();
            scores(question, recommender, scores);
            if (sampled()) {
                int rank = sampledRank(question, scores);
                hits[index] = rank <= SAMPLED ? 1 : 0;
                sampledGains[index] = rank <= SAMPLED ? gain(rank) : 0;
            }
            int[] ranks = ranks(question, scores);
            recalls[index] = recall(ranks);
            gains[index] = normalizedGain(ranks);
            int[] first = first(scores);
            for (int item : first) {
                shown.set(item, 1);
                surprises[index] += surprise[item] / first.length;
            }
        });
        int covered = 0;
        int possible = 0;
        for (int item = 0; item < chosen.length; item++) {
            covered += shown.get(item);
            possible += chosen[item] ? 1 : 0;
        }
        return new Measures(
                count,
                sampled() ? mean(hits) : Double.NaN,
                sampled() ? mean(sampledGains) : Double.NaN,
                mean(recalls),
                mean(gains),
                (double) covered / possible,
                mean(surprises));
    }

    /** Whether one item is held back of each user, so that it can be ranked among others. */
    public boolean sampled() {
        return exam.protocol() == Protocol.LEAVE_ONE_OUT;
    }

    /** What settings are chosen by: NDCG@10 among sampled others where one item is held back, else NDCG@100 of all. */
    public double criterion(Recommender recommender) {
        double[] gains = new double[exam.questions().size()];
        ThreadLocal<float[]> space = ThreadLocal.withInitial(() -> new float[known.items()]);
        IntStream.range(0, gains.length).parallel().forEach(index -> {
            Question question = exam.questions().get(index);
            scores(question, recommender, space.get());
            gains[index] = criterion(question, space.get());
        });
        return mean(gains);
    }

    /** The criterion of each blend of these recommenders, for which each is asked but once. */
    public double[] criteria(List<Recommender> parts, List<double[]> blends) {
        double[][] gains = new double[blends.size()][exam.questions().size()];
        IntStream.range(0, exam.questions().size()).parallel().forEach(index -> {
            Question question = exam.questions().get(index);
            float[][] own = new float[parts.size()][known.items()];
            for (int part = 0; part < own.length; part++) {
                parts.get(part).score(known.of(question.user()), own[part]);
                Blend.normalize(own[part], chosen);
            }
            float[] scores = new float[known.items()];
            for (int blend = 0; blend < gains.length; blend++) {
                Arrays.fill(scores, 0);
                for (int part = 0; part < own.length; part++) {
                    float weight = (float) blends.get(blend)[part];
                    for (int item = 0; item < scores.length; item++) {
                        scores[item] += weight * own[part][item];
                    }
                }
                withhold(question, scores);
                gains[blend][index] = criterion(question, scores);
            }
        });
        return Arrays.stream(gains).mapToDouble(Examiner::mean).toArray();
    }

    private double criterion(Question question, float[] scores) {
        if (!sampled()) {
            return normalizedGain(ranks(question, scores));
        }
        int rank = sampledRank(question, scores);
        return rank <= SAMPLED ? gain(rank) : 0;
    }

    private void scores(Question question, Recommender recommender, float[] scores) {
        recommender.score(known.of(question.user()), scores);
        withhold(question, scores);
    }

    /** Lets what a user is known to have chosen, and what nobody chose, come last. */
    private void withhold(Question question, float[] scores) {
        for (int item = 0; item < scores.length; item++) {
            if (!chosen[item]) {
                scores[item] = Float.NEGATIVE_INFINITY;
            }
        }
        for (int item : known.of(question.user())) {
            scores[item] = Float.NEGATIVE_INFINITY;
        }
    }

    private int sampledRank(Question question, float[] scores) {
        int held = question.held()[0];
        int rank = 1;
        for (int item : negatives(question)) {
            rank += scores[item] >= scores[held] ? 1 : 0;
        }
        return rank;
    }

    /** Items that the user never chose, no two the same; fewer than 100 if there are no more. */
    int[] negatives(Question question) {
        BitSet taken = new BitSet(known.items());
        for (int item : known.of(question.user())) {
            taken.set(item);
        }
        for (int item : question.held()) {
            taken.set(item);
        }
        int free = known.items() - taken.cardinality();
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + question.user());
        int[] negatives = new int[Math.min(NEGATIVES, free)];
        if (free <= 2 * NEGATIVES) {
            int[] all = IntStream.range(0, known.items())
                    .filter(item -> !taken.get(item))
                    .toArray();
            for (int i = 0; i < negatives.length; i++) {
                int other = i + random.nextInt(all.length - i);
                negatives[i] = all[other];
                all[other] = all[i];
            }
            return negatives;
        }
        for (int i = 0; i < negatives.length; ) {
            int item = random.nextInt(known.items());
            if (!taken.get(item)) {
                taken.set(item);
                negatives[i++] = item;
            }
        }
        return negatives;
    }

    /** The place of each held-back item among all that the user did not choose, from 1; an item that nobody chose has none. */
    int[] ranks(Question question, float[] scores) {
        int[] ranks = new int[question.held().length];
        for (int i = 0; i < ranks.length; i++) {
            float own = scores[question.held()[i]];
            if (own == Float.NEGATIVE_INFINITY) {
                ranks[i] = Integer.MAX_VALUE;
                continue;
            }
            int rank = 0;
            for (float score : scores) {
                rank += score >= own ? 1 : 0;
            }
            ranks[i] = rank;
        }
        return ranks;
    }

    private static double recall(int[] ranks) {
        long found = Arrays.stream(ranks).filter(rank -> rank <= SHORT).count();
        return (double) found / Math.min(SHORT, ranks.length);
    }

    private static double normalizedGain(int[] ranks) {
        double sum = 0;
        for (int rank : ranks) {
            sum += rank <= LONG ? gain(rank) : 0;
        }
        double best = 0;
        for (int rank = 1; rank <= Math.min(LONG, ranks.length); rank++) {
            best += gain(rank);
        }
        return sum / best;
    }

    private static double gain(int rank) {
        return Math.log(2) / Math.log(1.0 + rank);
    }

    /** The 20 items of the highest scores, of equal ones those of the smaller numbers. */
    static int[] first(float[] scores) {
        int[] first = new int[SHORT];
        int count = 0;
        for (int item = 0; item < scores.length; item++) {
            float score = scores[item];
            if (score == Float.NEGATIVE_INFINITY || count == SHORT && score <= scores[first[SHORT - 1]]) {
                continue;
            }
            int at = count < SHORT ? count++ : SHORT - 1;
            while (at > 0 && scores[first[at - 1]] < score) {
                first[at] = first[at - 1];
                at--;
            }
            first[at] = item;
        }
        return Arrays.copyOf(first, count);
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(0);
    }
}
