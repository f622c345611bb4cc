package dev.millrace.model.reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.reason.Trees.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TreeShapTest {
    private static final int FEATURES = 6;
    private static final Mode[] MODES = {Mode.BRANCH_LEQ, Mode.BRANCH_LT, Mode.BRANCH_GTE, Mode.BRANCH_GT};

    @Test
    void effects_are_the_shapley_values_over_all_sets_of_features() {
        Random random = new Random(20180212);
        for (int run = 0; run < 300; run++) {
            Trees trees = new Grown(random).trees(1 + random.nextInt(4), 1 + random.nextInt(6));
            Link link = new Link(0.5 + random.nextDouble(), random.nextGaussian(), random.nextBoolean());
            float[] row = row(random);

            TreeShap shap = new TreeShap(trees, FEATURES, link);

            double[] effects = shap.effects(row, 1);
            double[] walked = new double[FEATURES];
            shap.walk(row, 1, walked);
            for (int feature = 0; feature < FEATURES; feature++) {
                assertThat(walked[feature])
                        .as("run %d, feature %d, without tables", run, feature)
                        .isEqualTo(shapley(trees, row, feature), within(1e-9));
                assertThat(effects[feature])
                        .as("run %d, feature %d", run, feature)
                        .isEqualTo(link.slope() * shapley(trees, row, feature), within(1e-5));
            }
        }
    }

    @Test
    void effects_and_the_base_add_up_to_the_raw_score() {
        Random random = new Random(7);
        for (int run = 0; run < 200; run++) {
            Trees trees = new Grown(random).trees(50, 8);
            Link link = new Link(1, random.nextGaussian(), true);
            TreeShap shap = new TreeShap(trees, FEATURES, link);
            float[] row = row(random);

            double sum = shap.base();
            for (double effect : shap.effects(row, 1)) {
                sum += effect;
            }

            double raw = 0;
            for (int root : trees.roots()) {
                raw += trees.value(root, row, 1);
            }
            assertThat(sum).isEqualTo(link.of(raw), within(1e-4));
        }
    }

    @Test
    void tables_say_what_the_walk_through_the_trees_says() {
        Random random = new Random(11);
        for (int run = 0; run < 200; run++) {
            Trees trees = new Grown(random).trees(20, 1 + random.nextInt(9));
            assertThat(LeafTables.of(trees)).isPresent();
            TreeShap shap = new TreeShap(trees, FEATURES, new Link(1, 0, false));
            float[] row = row(random);

            double[] walked = new double[FEATURES];
            shap.walk(row, 1, walked);

            assertThat(shap.effects(row, 1)).containsExactly(walked, within(1e-5));
        }
    }

    @Test
    void deep_trees_have_no_tables() {
        assertThat(LeafTables.of(vine(40))).isEmpty();
    }

    /** A tree whose every question is for another feature, and has a leaf on one side. */
    private static Trees vine(int depth) {
        int nodes = 2 * depth + 1;
        int[] features = new int[nodes];
        Mode[] modes = new Mode[nodes];
        int[] yes = new int[nodes];
        int[] no = new int[nodes];
        double[] covers = new double[nodes];
        for (int level = 0; level < depth; level++) {
            int node = 2 * level;
            features[node] = level;
            modes[node] = Mode.BRANCH_LEQ;
            yes[node] = node + 1;
            no[node] = node + 2;
            features[node + 1] = -1;
            modes[node + 1] = Mode.LEAF;
            covers[node] = depth - level + 1;
            covers[node + 1] = 1;
        }
        features[nodes - 1] = -1;
        modes[nodes - 1] = Mode.LEAF;
        covers[nodes - 1] = 1;
        return new Trees(
                new int[] {0},
                features,
                modes,
                new float[nodes],
                new boolean[nodes],
                yes,
                no,
                covers,
                new double[nodes]);
    }

    @Test
    void a_feature_that_nothing_depends_on_has_no_effect() {
        Trees stump = new Trees(
                new int[] {0},
                new int[] {2, -1, -1},
                new Mode[] {Mode.BRANCH_LEQ, Mode.LEAF, Mode.LEAF},
                new float[3],
                new boolean[3],
                new int[] {1, 0, 0},
                new int[] {2, 0, 0},
                new double[] {100, 75, 25},
                new double[] {0, 1, 5});

        TreeShap shap = new TreeShap(stump, FEATURES, Link.NONE);

        assertThat(shap.base()).isEqualTo(2.0);
        assertThat(shap.effects(new float[] {9, 9, 1, 9, 9, 9}, 0)).containsExactly(0, 0, 3, 0, 0, 0);
    }

    /** One float before the row, so that its place counts; now and then a value is missing. */
    private static float[] row(Random random) {
        float[] row = new float[FEATURES + 1];
        for (int i = 0; i < row.length; i++) {
            row[i] = random.nextInt(25) == 0 ? Float.NaN : random.nextInt(8);
        }
        return row;
    }

    /** By the definition: the mean, over all orders, of what knowing the feature changes. */
    private static double shapley(Trees trees, float[] row, int feature) {
        double sum = 0;
        for (int known = 0; known < 1 << FEATURES; known++) {
            if ((known & 1 << feature) == 0) {
                double gain = expected(trees, row, known | 1 << feature) - expected(trees, row, known);
                sum += gain / (FEATURES * choose(FEATURES - 1, Integer.bitCount(known)));
            }
        }
        return sum;
    }

    private static double choose(int of, int count) {
        double product = 1;
        for (int i = 1; i <= count; i++) {
            product = product * (of - count + i) / i;
        }
        return product;
    }

    private static double expected(Trees trees, float[] row, int known) {
        double sum = 0;
        for (int root : trees.roots()) {
            sum += expected(trees, root, row, known);
        }
        return sum;
    }

    /** What the trees come to where only those features are known: algorithm 1. */
    private static double expected(Trees trees, int node, float[] row, int known) {
        if (trees.isLeaf(node)) {
            return trees.values()[node];
        }
        int feature = trees.features()[node];
        if ((known & 1 << feature) != 0) {
            return expected(trees, trees.next(node, row[1 + feature]), row, known);
        }
        int yes = trees.whenTrue()[node];
        int no = trees.whenFalse()[node];
        return (trees.covers()[yes] * expected(trees, yes, row, known)
                        + trees.covers()[no] * expected(trees, no, row, known))
                / trees.covers()[node];
    }

    /** Trees of any shape, that ask for a feature again, and have branches where no row of training came. */
    static final class Grown {
        private final Random random;
        private final List<int[]> nodes = new ArrayList<>();
        private final List<Mode> modes = new ArrayList<>();
        private final List<Double> covers = new ArrayList<>();
        private final List<Double> values = new ArrayList<>();
        private final List<Boolean> missing = new ArrayList<>();

        Grown(Random random) {
            this.random = random;
        }

        Trees trees(int count, int depth) {
            int[] roots = new int[count];
            for (int i = 0; i < count; i++) {
                roots[i] = grow(depth, 1 + random.nextInt(1000));
            }
            int size = nodes.size();
            int[] features = new int[size];
            float[] thresholds = new float[size];
            int[] whenTrue = new int[size];
            int[] whenFalse = new int[size];
            boolean[] tracks = new boolean[size];
            double[] covered = new double[size];
            double[] leaves = new double[size];
            for (int i = 0; i < size; i++) {
                features[i] = nodes.get(i)[0];
                thresholds[i] = nodes.get(i)[1];
                whenTrue[i] = nodes.get(i)[2];
                whenFalse[i] = nodes.get(i)[3];
                tracks[i] = missing.get(i);
                covered[i] = covers.get(i);
                leaves[i] = values.get(i);
            }
            return new Trees(
                    roots,
                    features,
                    modes.toArray(Mode[]::new),
                    thresholds,
                    tracks,
                    whenTrue,
                    whenFalse,
                    covered,
                    leaves);
        }

        private int grow(int depth, double cover) {
            int node = nodes.size();
            boolean leaf = depth == 0 || cover == 0 || random.nextInt(5) == 0;
            int[] parts = {leaf ? -1 : random.nextInt(FEATURES), random.nextInt(8), 0, 0};
            nodes.add(parts);
            modes.add(leaf ? Mode.LEAF : MODES[random.nextInt(MODES.length)]);
            covers.add(cover);
            values.add(leaf ? random.nextGaussian() : 0.0);
            missing.add(random.nextBoolean());
            if (!leaf) {
                int share = random.nextInt((int) cover + 1);
                parts[2] = grow(depth - 1, share);
                parts[3] = grow(depth - 1, cover - share);
            }
            return node;
        }
    }
}
