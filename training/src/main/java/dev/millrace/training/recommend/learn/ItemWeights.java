package dev.millrace.training.recommend.learn;

/**
 * A square of numbers, a row for each item of a history and a column for each item that may follow. A float each: 20,000 items
 * take 1.6 GB. Confined to whoever fills it, and not changed after.
 */
public final class ItemWeights {
    private final int items;
    private final float[] values;

    /** All 0. */
    ItemWeights(int items) {
        this.items = items;
        this.values = new float[Math.multiplyExact(items, items)];
    }

    /** How many rows and columns it has. */
    public int items() {
        return items;
    }

    /** What an item of the history says of another. */
    public float get(int from, int to) {
        return values[from * items + to];
    }

    /** The rows one behind another; not a copy. */
    float[] values() {
        return values;
    }

    void set(int from, int to, float value) {
        values[from * items + to] = value;
    }

    void add(int from, int to, float value) {
        values[from * items + to] += value;
    }

    /** Adds a row, times a weight, to the scores. */
    void addRow(int from, float weight, float[] scores) {
        int at = from * items;
        for (int to = 0; to < items; to++) {
            scores[to] += weight * values[at + to];
        }
    }
}
