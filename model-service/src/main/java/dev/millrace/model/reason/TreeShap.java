package dev.millrace.model.reason;

import java.util.Optional;

/**
 * Exact Shapley values of trees: Lundberg, Erion and Lee, "Consistent Individualized Feature Attribution for Tree
 * Ensembles" (2018), algorithm 2. What is not known of a row goes both ways at a node, by how many rows of training did.
 * Where trees are shallow, what their leaves add is tabled beforehand. Immutable and thread-safe.
 */
final class TreeShap implements Explainer {
    private final Trees trees;
    private final int features;
    private final Link link;
    private final double base;
    private final int room;
    private final Optional<LeafTables> tables;

    /**
     * @param features how many features a row has
     * @param link what is made of the trees' sum
     */
    TreeShap(Trees trees, int features, Link link) {
        this.trees = trees;
        this.features = features;
        this.link = link;
        double sum = 0;
        int depth = 0;
        for (int root : trees.roots()) {
            sum += trees.mean(root);
            depth = Math.max(depth, trees.depth(root));
        }
        this.base = link.of(sum);
        // A path has an entry a node and one before the root; each level keeps a copy of its own.
        this.room = (depth + 2) * (depth + 3) / 2;
        this.tables = LeafTables.of(trees);
    }

    /**
     * What a leaf adds to the effects of the features on its way.
     *
     * @param zeros of each, the share of rows that go this way where it is not known
     * @param ones 1 for each by which the row goes this way, else 0
     * @param value the leaf's value
     * @param effects where they are put
     */
    static void leaf(double[] zeros, double[] ones, double value, double[] effects) {
        int last = zeros.length;
        Walk walk = new Walk(null, last + 1, null, 0, null);
        walk.extend(0, 0, 1, 1, -1);
        for (int i = 0; i < last; i++) {
            walk.extend(0, i + 1, zeros[i], ones[i], i);
        }
        for (int i = 0; i < last; i++) {
            effects[i] = walk.weightWithout(0, last, i + 1) * (ones[i] - zeros[i]) * value;
        }
    }

    @Override
    public String method() {
        return "tree_shap";
    }

    @Override
    public boolean isLogOdds() {
        return link.sigmoid();
    }

    @Override
    public double base() {
        return base;
    }

    @Override
    public double[] effects(float[] values, int index) {
        double[] effects = new double[features];
        if (tables.isPresent()) {
            tables.get().add(values, index, effects);
        } else {
            walk(values, index, effects);
        }
        for (int i = 0; i < features; i++) {
            effects[i] *= link.slope();
        }
        return effects;
    }

    /** Without tables. */
    void walk(float[] values, int index, double[] effects) {
        Walk walk = new Walk(trees, room, values, index, effects);
        for (int root : trees.roots()) {
            walk.visit(root, 0, 0, 1, 1, -1);
        }
    }

    /**
     * One row's way through the trees, all branches of them. A path is the features asked for so far, each with the share
     * of rows that go this way where it is not known (zero) and where it is (one), and with the weight of the sets of
     * features of each size. All paths of a walk stand behind each other in the same arrays. Confined to one thread.
     */
    private static final class Walk {
        private final Trees trees;
        private final float[] row;
        private final int index;
        private final double[] effects;
        private final int[] asked;
        private final double[] zeros;
        private final double[] ones;
        private final double[] weights;

        Walk(Trees trees, int room, float[] row, int index, double[] effects) {
            this.trees = trees;
            this.row = row;
            this.index = index;
            this.effects = effects;
            this.asked = new int[room];
            this.zeros = new double[room];
            this.ones = new double[room];
            this.weights = new double[room];
        }

        /**
         * Visits a node.
         *
         * @param before where the path up to here begins
         * @param length how many entries it has
         */
        void visit(int node, int before, int length, double zero, double one, int feature) {
            if (zero == 0 && one == 0) {
                // No rows come here, whatever is known.
                return;
            }
            int path = before + length;
            System.arraycopy(asked, before, asked, path, length);
            System.arraycopy(zeros, before, zeros, path, length);
            System.arraycopy(ones, before, ones, path, length);
            System.arraycopy(weights, before, weights, path, length);
            extend(path, length, zero, one, feature);
            if (trees.isLeaf(node)) {
                add(path, length, trees.values()[node]);
            } else {
                branch(node, path, length);
            }
        }

        private void add(int path, int last, double value) {
            for (int i = 1; i <= last; i++) {
                double weight = weightWithout(path, last, i);
                effects[asked[path + i]] += weight * (ones[path + i] - zeros[path + i]) * value;
            }
        }

        private void branch(int node, int path, int last) {
            int feature = trees.features()[node];
            int hot = trees.next(node, row[index + feature]);
            int cold = hot == trees.whenTrue()[node] ? trees.whenFalse()[node] : trees.whenTrue()[node];
            double zero = 1;
            double one = 1;
            int length = last + 1;
            int known = find(path, last, feature);
            if (known > 0) {
                // Asked for a second time: both questions are one.
                zero = zeros[path + known];
                one = ones[path + known];
                takeOut(path, last, known);
                length--;
            }
            double cover = trees.covers()[node];
            visit(hot, path, length, zero * trees.covers()[hot] / cover, one, feature);
            visit(cold, path, length, zero * trees.covers()[cold] / cover, 0, feature);
        }

        private int find(int path, int last, int feature) {
            for (int i = 1; i <= last; i++) {
                if (asked[path + i] == feature) {
                    return i;
                }
            }
            return 0;
        }

        private void extend(int path, int length, double zero, double one, int feature) {
            asked[path + length] = feature;
            zeros[path + length] = zero;
            ones[path + length] = one;
            weights[path + length] = length == 0 ? 1 : 0;
            for (int i = length - 1; i >= 0; i--) {
                weights[path + i + 1] += one * weights[path + i] * (i + 1) / (length + 1);
                weights[path + i] = zero * weights[path + i] * (length - i) / (length + 1);
            }
        }

        private void takeOut(int path, int last, int out) {
            double one = ones[path + out];
            double zero = zeros[path + out];
            double next = weights[path + last];
            for (int i = last - 1; i >= 0; i--) {
                if (one != 0) {
                    double weight = weights[path + i];
                    weights[path + i] = next * (last + 1) / ((i + 1) * one);
                    next = weight - weights[path + i] * zero * (last - i) / (last + 1);
                } else {
                    weights[path + i] = weights[path + i] * (last + 1) / (zero * (last - i));
                }
            }
            for (int i = out; i < last; i++) {
                asked[path + i] = asked[path + i + 1];
                zeros[path + i] = zeros[path + i + 1];
                ones[path + i] = ones[path + i + 1];
            }
        }

        private double weightWithout(int path, int last, int out) {
            double one = ones[path + out];
            double zero = zeros[path + out];
            double next = weights[path + last];
            double sum = 0;
            for (int i = last - 1; i >= 0; i--) {
                if (one != 0) {
                    double weight = next * (last + 1) / ((i + 1) * one);
                    sum += weight;
                    next = weights[path + i] - weight * zero * (last - i) / (last + 1);
                } else {
                    sum += weights[path + i] * (last + 1) / (zero * (last - i));
                }
            }
            return sum;
        }
    }
}
