package dev.millrace.training.search;

import dev.millrace.pipeline.declaration.ModelKind;
import dev.millrace.training.learn.Candidate;
import dev.millrace.training.learn.LinearCandidate;
import dev.millrace.training.learn.TreesCandidate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What is tried: a few settings of each kind. Positive rows are rare, so that trees are kept from leaves of next to none. */
public final class Candidates {
    private Candidates() {}

    /** Those of these kinds; of no kinds named, all. */
    public static List<Candidate> of(List<ModelKind> kinds, boolean quick) {
        Set<String> names =
                kinds.stream().map(kind -> kind.name().toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
        return (quick ? quick() : all())
                .stream()
                        .filter(candidate -> names.isEmpty() || names.contains(candidate.kind()))
                        .toList();
    }

    /** All of them, the quickest first. */
    static List<Candidate> all() {
        return List.of(
                new LinearCandidate(0.01),
                new LinearCandidate(1),
                boosted(100, 0.1, 3),
                slowlyBoosted(300, 0.03, 4),
                forest(60, 63),
                forest(60, 255));
    }

    /** One of each kind, for a quick look and for few rows. */
    static List<Candidate> quick() {
        return List.of(new LinearCandidate(1), boosted(60, 0.1, 4), forest(30, 31));
    }

    private static Candidate boosted(int rounds, double rate, int depth) {
        return new TreesCandidate(
                TreesCandidate.BOOSTED,
                rounds,
                Map.of(
                        "learning_rate",
                        Double.toString(rate),
                        "max_depth",
                        Integer.toString(depth),
                        "num_leaves",
                        Integer.toString(1 << depth),
                        "min_data_in_leaf",
                        "1",
                        "min_sum_hessian_in_leaf",
                        "1",
                        "lambda_l2",
                        "1"));
    }

    /**
     * Many small steps, each tree of a part of the rows and each node of a part of the features (stochastic gradient boosting,
     * Friedman 2002): rows of which little is known are ranked by what many trees agree on.
     */
    private static Candidate slowlyBoosted(int rounds, double rate, int depth) {
        return new TreesCandidate(
                TreesCandidate.BOOSTED,
                rounds,
                Map.of(
                        "learning_rate", Double.toString(rate),
                        "max_depth", Integer.toString(depth),
                        "num_leaves", Integer.toString(1 << depth),
                        "min_data_in_leaf", "20",
                        "min_sum_hessian_in_leaf", "1",
                        "lambda_l2", "1",
                        "bagging_freq", "1",
                        "bagging_fraction", "0.7",
                        "feature_fraction_bynode", "0.4"));
    }

    private static Candidate forest(int trees, int leaves) {
        return new TreesCandidate(
                TreesCandidate.FOREST,
                trees,
                Map.of(
                        "boosting", "rf",
                        "bagging_freq", "1",
                        "bagging_fraction", "0.632",
                        "feature_fraction_bynode", "0.4",
                        "num_leaves", Integer.toString(leaves),
                        "min_data_in_leaf", "5",
                        "max_bin", "127"));
    }
}
