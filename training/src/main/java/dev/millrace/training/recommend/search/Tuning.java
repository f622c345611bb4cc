package dev.millrace.training.recommend.search;

import dev.millrace.training.recommend.evaluate.Exam;
import dev.millrace.training.recommend.evaluate.Examiner;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Blend;
import dev.millrace.training.recommend.learn.Ease;
import dev.millrace.training.recommend.learn.Fading;
import dev.millrace.training.recommend.learn.ImplicitAls;
import dev.millrace.training.recommend.learn.ItemWeights;
import dev.millrace.training.recommend.learn.NextItem;
import dev.millrace.training.recommend.learn.Popularity;
import dev.millrace.training.recommend.learn.Recommender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Chooses the settings of each algorithm on an exam within what may be learned from, and then learns with them from all of it.
 * Confined to one thread; the work itself takes all cores.
 */
public final class Tuning {
    /** How many users are asked while choosing. */
    public static final int VALIDATED = 3_000;

    /** What share of the time settings are learned from where an exam splits by time. */
    public static final double LEARNED_SHARE = 0.9;

    private static final double[] RIDGES = {100, 300, 1_000, 3_000};
    private static final double COARSE = 3;
    /** Between two of the coarse ones, which are three times as large as the one before. */
    private static final double FINER = 1.7;
    /** How often what is tried goes on where the best was the first or last. */
    private static final int EXTENSIONS = 2;

    private static final double[] POWERS = {0, 0.2, 0.4, 0.7, 1, 1.5, 2.2};
    private static final double[] QUICK_RIDGES = {300};
    private static final double[] QUICK_POWERS = {0, 0.4, 1};
    private static final List<NextItem.Settings> NEXT = List.of(
            new NextItem.Settings(0.7, 0.5, 100),
            new NextItem.Settings(0.85, 0.7, 300),
            new NextItem.Settings(0.5, 0.3, 100));
    private static final double[] UNOBSERVED = {0.1, 0.3, 1};
    private static final double[] REGULARIZATIONS = {0.002, 0.005, 0.015};
    private static final int NARROW = 32;
    private static final int FEW_ROUNDS = 6;
    private static final int ROUNDS = 8;
    private static final int[] DIMENSIONS = {64, 128};

    private final Exam exam;
    private final Examiner examiner;
    private final Histories inner;
    private final long seed;
    private final Consumer<String> progress;

    /**
     * A tuning.
     *
     * @param exam what will be asked at last; only what it lets be known is looked at
     * @param progress is told each trial
     */
    public Tuning(Exam exam, long seed, Consumer<String> progress) {
        this.exam = exam;
        this.seed = seed;
        this.progress = progress;
        Exam validation = exam.inner(LEARNED_SHARE);
        this.inner = validation.known();
        this.examiner = new Examiner(validation.drawn(VALIDATED, seed), seed + 1);
    }

    /** An algorithm's recommenders: the one it was chosen by, and the same learned from all that may be known. */
    private record Chosen(Recommender validated, Recommender learned) {}

    /**
     * The recommenders by the names of their algorithms, in the order of the algorithms; last the blend of them, if there are
     * at least two that are no popularity.
     */
    public Map<String, Recommender> run(Set<Algorithm> algorithms) {
        Map<String, Recommender> all = new LinkedHashMap<>();
        List<Chosen> parts = new ArrayList<>();
        for (Algorithm algorithm : algorithms) {
            if (algorithm == Algorithm.POPULARITY) {
                all.put(algorithm.text(), Popularity.of(exam.known()));
                continue;
            }
            if (algorithm == Algorithm.NEXT && exam.known().items() > NextItem.MOST_ITEMS) {
                say("next is left out: it takes up to %,d items", NextItem.MOST_ITEMS);
                continue;
            }
            Chosen chosen = switch (algorithm) {
                case EASE -> ease();
                case NEXT -> next();
                default -> als();
            };
            say("chosen: %s", chosen.learned().text());
            all.put(algorithm.text(), chosen.learned());
            parts.add(chosen);
        }
        if (parts.size() > 1) {
            double[] weights = new BlendWeights(
                            examiner, parts.stream().map(Chosen::validated).toList())
                    .best();
            Blend blend = new Blend(parts.stream().map(Chosen::learned).toList(), weights, exam.chosen());
            say("chosen: %s", blend.text());
            all.put("blend", blend);
        }
        return all;
    }

    /**
     * What is to be served: EASE, or ALS where there are too many items for it.
     *
     * @param quick whether few settings are tried
     */
    public Served served(boolean quick) {
        if (exam.known().items() <= Ease.mostItems()) {
            Chosen chosen = quick ? learned(easeTrials(QUICK_RIDGES, QUICK_POWERS)) : ease();
            say("chosen: %s", chosen.learned().text());
            return new Served.OfEase((Ease) chosen.learned());
        }
        say(
                "%,d items are more than EASE takes with this heap (%,d): ALS learns from them",
                exam.known().items(), Ease.mostItems());
        Chosen chosen = quick ? quickAls() : als();
        say("chosen: %s", chosen.learned().text());
        return new Served.OfAls((ImplicitAls) chosen.learned());
    }

    private Chosen ease() {
        EaseTrials trials = easeTrials(RIDGES, POWERS);
        for (int more = 0; more < EXTENSIONS && trials.isAtEdge(); more++) {
            trials.add(trials.beyond(), POWERS);
        }
        double best = trials.ridge();
        double[] near = trials.powersNear();
        trials.add(best / FINER, near);
        trials.add(best * FINER, near);
        return learned(trials);
    }

    private EaseTrials easeTrials(double[] ridges, double[] powers) {
        EaseTrials trials = new EaseTrials();
        for (double ridge : ridges) {
            trials.add(ridge, powers);
        }
        return trials;
    }

    private Chosen learned(EaseTrials trials) {
        Ease best = (Ease) trials.trials.best;
        trials.gram = null;
        return new Chosen(
                best, Ease.learn(Ease.gram(exam.known()), best.regularization()).with(best.fading()));
    }

    /** Regularizations of EASE that were tried, each with several fadings. */
    private final class EaseTrials {
        private final Trials trials = new Trials();
        private final TreeSet<Double> ridges = new TreeSet<>();
        private ItemWeights gram;

        void add(double ridge, double[] powers) {
            if (gram == null) {
                gram = Ease.gram(inner);
            }
            Ease ease = Ease.learn(gram, ridge);
            if (!Ease.keepsGram(inner.items())) {
                gram = null;
            }
            ridges.add(ridge);
            for (double power : powers) {
                trials.add(ease.with(new Fading(power)));
            }
        }

        double ridge() {
            return ((Ease) trials.best).regularization();
        }

        boolean isAtEdge() {
            return ridge() == ridges.first() || ridge() == ridges.last();
        }

        double beyond() {
            return ridge() == ridges.first() ? ridge() / COARSE : ridge() * COARSE;
        }

        /** The best fading and those beside it. */
        double[] powersNear() {
            double best = ((Ease) trials.best).fading().power();
            int at = Arrays.binarySearch(POWERS, best);
            return Arrays.copyOfRange(POWERS, Math.max(0, at - 1), Math.min(POWERS.length, at + 2));
        }
    }

    private Chosen next() {
        Trials trials = new Trials();
        for (NextItem.Settings settings : NEXT) {
            trials.add(NextItem.learn(inner, settings));
        }
        NextItem best = (NextItem) trials.best;
        return new Chosen(best, NextItem.learn(exam.known(), best.settings()));
    }

    private Chosen als() {
        Trials trials = new Trials();
        for (double unobserved : UNOBSERVED) {
            narrow(trials, unobserved, REGULARIZATIONS[1]);
        }
        double most = UNOBSERVED[UNOBSERVED.length - 1];
        double least = UNOBSERVED[0];
        for (int more = 0; more < EXTENSIONS; more++) {
            double best = ((ImplicitAls) trials.best).settings().unobserved();
            if (best == most) {
                most *= COARSE;
                narrow(trials, most, REGULARIZATIONS[1]);
            } else if (best == least) {
                least /= COARSE;
                narrow(trials, least, REGULARIZATIONS[1]);
            }
        }
        double unobserved = ((ImplicitAls) trials.best).settings().unobserved();
        narrow(trials, unobserved, REGULARIZATIONS[0]);
        narrow(trials, unobserved, REGULARIZATIONS[2]);
        double ridge = ((ImplicitAls) trials.best).settings().regularization();
        if (ridge != REGULARIZATIONS[1]) {
            narrow(trials, unobserved, ridge < REGULARIZATIONS[1] ? ridge / COARSE : ridge * COARSE);
        }
        ImplicitAls.Settings narrow = ((ImplicitAls) trials.best).settings();
        for (int dimension : DIMENSIONS) {
            trials.add(ImplicitAls.learn(inner, narrow.wider(dimension, ROUNDS), seed));
        }
        ImplicitAls even = (ImplicitAls) trials.best;
        for (double power : POWERS) {
            if (power > 0) {
                trials.add(even.with(new Fading(power)));
            }
        }
        ImplicitAls best = (ImplicitAls) trials.best;
        return new Chosen(
                best, ImplicitAls.learn(exam.known(), best.settings(), seed).with(best.fading()));
    }

    private Chosen quickAls() {
        ImplicitAls.Settings settings = new ImplicitAls.Settings(NARROW, UNOBSERVED[0], REGULARIZATIONS[1], FEW_ROUNDS);
        Trials trials = new Trials();
        ImplicitAls learned = ImplicitAls.learn(inner, settings, seed);
        for (double power : QUICK_POWERS) {
            trials.add(learned.with(new Fading(power)));
        }
        ImplicitAls best = (ImplicitAls) trials.best;
        return new Chosen(best, ImplicitAls.learn(exam.known(), settings, seed).with(best.fading()));
    }

    private void narrow(Trials trials, double unobserved, double regularization) {
        trials.add(ImplicitAls.learn(
                inner, new ImplicitAls.Settings(NARROW, unobserved, regularization, FEW_ROUNDS), seed));
    }

    private void say(String format, Object... arguments) {
        progress.accept(String.format(Locale.ROOT, format, arguments));
    }

    /** Keeps the best. */
    private final class Trials {
        private Recommender best;
        private double most = -1;

        void add(Recommender recommender) {
            double criterion = examiner.criterion(recommender);
            say("%.4f %s", criterion, recommender.text());
            if (criterion > most) {
                most = criterion;
                best = recommender;
            }
        }
    }
}
