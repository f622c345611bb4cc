package dev.millrace.model.reason;

import java.util.Arrays;
import java.util.Optional;

/**
 * What each leaf adds to the effects of the features on its way, for every answer that a row can give to their questions:
 * a way of six features has 64 of them. So a row costs a comparison a node and a few additions a leaf. Found beforehand by
 * {@link TreeShap}'s own algorithm, where the tables stay small. Immutable and thread-safe.
 */
final class LeafTables {
    /** 16 MiB. */
    private static final int MOST_ENTRIES = 1 << 22;

    private final Trees trees;
    /** The place of a node's feature among those of its way, the root's first. */
    private final int[] places;
    /** Whether a node is the first on its way to ask for its feature. */
    private final boolean[] first;
    /** Of a leaf, how many features its way has; of another node -1. */
    private final int[] lengths;
    /** The features of the leaves' ways, in the order of their places; where a leaf's begin is in {@link #wayOf}. */
    private int[] ways = {};

    private final int[] wayOf;
    /**
     * By leaf, and in it by answers, a bit a place; then an effect a place. Floats in one array: what a row costs is mostly
     * waiting for memory.
     */
    private float[] table = {};

    private final int[] tableOf;

    private LeafTables(Trees trees) {
        int nodes = trees.features().length;
        this.trees = trees;
        this.places = new int[nodes];
        this.first = new boolean[nodes];
        this.lengths = new int[nodes];
        this.wayOf = new int[nodes];
        this.tableOf = new int[nodes];
        Arrays.fill(lengths, -1);
    }

    /** The tables of these trees; none where they would be large. */
    static Optional<LeafTables> of(Trees trees) {
        LeafTables tables = new LeafTables(trees);
        long entries = 0;
        for (int root : trees.roots()) {
            entries += tables.lay(root, new int[0]);
            if (entries > MOST_ENTRIES) {
                return Optional.empty();
            }
        }
        tables.table = new float[(int) entries];
        tables.ways = new int
                [Arrays.stream(tables.lengths).filter(length -> length > 0).sum()];
        int[] free = new int[2];
        for (int root : trees.roots()) {
            tables.fill(root, new int[0], new double[0], free);
        }
        return Optional.of(tables);
    }

    /** Finds the ways below a node, and says how many entries their leaves' tables have. */
    private long lay(int node, int[] way) {
        if (trees.isLeaf(node)) {
            lengths[node] = way.length;
            return way.length >= Integer.SIZE - 1 ? MOST_ENTRIES + 1L : (long) way.length << way.length;
        }
        int place = 0;
        while (place < way.length && way[place] != trees.features()[node]) {
            place++;
        }
        places[node] = place;
        first[node] = place == way.length;
        int[] below = way(node, way);
        long entries = lay(trees.whenTrue()[node], below);
        // Never more than that is added up, however large the trees are.
        return entries > MOST_ENTRIES ? entries : entries + lay(trees.whenFalse()[node], below);
    }

    /** The features on the way to the nodes below. */
    private int[] way(int node, int[] way) {
        if (!first[node]) {
            return way;
        }
        int[] below = Arrays.copyOf(way, way.length + 1);
        below[way.length] = trees.features()[node];
        return below;
    }

    /**
     * @param zeros of each feature of the way, the share of training rows that go this way by it
     * @param free where the next way and the next table are put
     */
    private void fill(int node, int[] way, double[] zeros, int[] free) {
        if (trees.isLeaf(node)) {
            wayOf[node] = free[0];
            tableOf[node] = free[1];
            System.arraycopy(way, 0, ways, free[0], way.length);
            fillTable(zeros, trees.values()[node], free[1]);
            free[0] += way.length;
            free[1] += way.length << way.length;
            return;
        }
        int[] below = way(node, way);
        int yes = trees.whenTrue()[node];
        int no = trees.whenFalse()[node];
        fill(yes, below, below(node, yes, zeros), free);
        fill(no, below, below(node, no, zeros), free);
    }

    private double[] below(int node, int child, double[] zeros) {
        double share = trees.covers()[child] / trees.covers()[node];
        double[] below = first[node] ? Arrays.copyOf(zeros, zeros.length + 1) : zeros.clone();
        below[places[node]] = first[node] ? share : below[places[node]] * share;
        return below;
    }

    private void fillTable(double[] zeros, double value, int at) {
        int width = zeros.length;
        double[] ones = new double[width];
        double[] effects = new double[width];
        for (int answers = 0; answers < 1 << width; answers++) {
            boolean reached = true;
            for (int i = 0; i < width; i++) {
                ones[i] = answers >>> i & 1;
                reached &= ones[i] != 0 || zeros[i] != 0;
            }
            if (reached) {
                TreeShap.leaf(zeros, ones, value, effects);
                for (int i = 0; i < width; i++) {
                    table[at + answers * width + i] = (float) effects[i];
                }
            }
        }
    }

    /** Adds a row's effects. */
    void add(float[] row, int index, double[] effects) {
        for (int root : trees.roots()) {
            visit(root, 0, row, index, effects);
        }
    }

    private void visit(int node, int answers, float[] row, int index, double[] effects) {
        int length = lengths[node];
        if (length >= 0) {
            int at = tableOf[node] + answers * length;
            int way = wayOf[node];
            for (int i = 0; i < length; i++) {
                effects[ways[way + i]] += table[at + i];
            }
            return;
        }
        int yes = trees.whenTrue()[node];
        int no = trees.whenFalse()[node];
        boolean passes = trees.next(node, row[index + trees.features()[node]]) == yes;
        int bit = 1 << places[node];
        int with = first[node] ? answers | bit : answers;
        int without = answers & ~bit;
        visit(yes, passes ? with : without, row, index, effects);
        visit(no, passes ? without : with, row, index, effects);
    }
}
