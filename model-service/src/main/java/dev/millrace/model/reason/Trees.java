package dev.millrace.model.reason;

/**
 * Trees as arrays; a node is a number in all of them. Immutable by agreement.
 *
 * @param roots the first node of each tree
 * @param features the feature that an inner node asks for; -1 for a leaf
 * @param modes how it compares the feature's value with its threshold
 * @param thresholds what it compares with
 * @param missingIsTrue whether a value that is not a number counts as true
 * @param whenTrue the node to go on to where the comparison is true
 * @param whenFalse the node to go on to where it is not
 * @param covers how many rows of training came to the node
 * @param values what a leaf adds
 */
record Trees(
        int[] roots,
        int[] features,
        Mode[] modes,
        float[] thresholds,
        boolean[] missingIsTrue,
        int[] whenTrue,
        int[] whenFalse,
        double[] covers,
        double[] values) {
    /** A comparison, as ONNX names it. */
    enum Mode {
        BRANCH_LEQ,
        BRANCH_LT,
        BRANCH_GTE,
        BRANCH_GT,
        BRANCH_EQ,
        BRANCH_NEQ,
        LEAF;

        boolean isTrue(float value, float threshold) {
            return switch (this) {
                case BRANCH_LEQ -> value <= threshold;
                case BRANCH_LT -> value < threshold;
                case BRANCH_GTE -> value >= threshold;
                case BRANCH_GT -> value > threshold;
                case BRANCH_EQ -> value == threshold;
                case BRANCH_NEQ -> value != threshold;
                case LEAF -> throw new IllegalStateException("a leaf compares nothing");
            };
        }
    }

    boolean isLeaf(int node) {
        return modes[node] == Mode.LEAF;
    }

    /** Where a row with that value goes on to. */
    int next(int node, float value) {
        boolean passes = Float.isNaN(value) ? missingIsTrue[node] : modes[node].isTrue(value, thresholds[node]);
        return passes ? whenTrue[node] : whenFalse[node];
    }

    /** What a tree comes to for a row. */
    double value(int root, float[] row, int index) {
        int node = root;
        while (!isLeaf(node)) {
            node = next(node, row[index + features[node]]);
        }
        return values[node];
    }

    /** What the leaves below a node come to on average over the rows of training. */
    double mean(int node) {
        if (isLeaf(node)) {
            return values[node];
        }
        int yes = whenTrue[node];
        int no = whenFalse[node];
        return (covers[yes] * mean(yes) + covers[no] * mean(no)) / covers[node];
    }

    /** The most comparisons one behind the other. */
    int depth(int node) {
        return isLeaf(node) ? 0 : 1 + Math.max(depth(whenTrue[node]), depth(whenFalse[node]));
    }

    /** Whether the rows that came to a node are those that went on from it, so that they were counted and not made up. */
    boolean areCovered() {
        for (int node = 0; node < features.length; node++) {
            if (!isLeaf(node)) {
                double below = covers[whenTrue[node]] + covers[whenFalse[node]];
                if (!(covers[node] > 0) || Math.abs(below - covers[node]) > 1e-6 * covers[node]) {
                    return false;
                }
            }
        }
        return true;
    }
}
