package dev.millrace.training.recommend.learn;

import java.util.Arrays;

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

    /** The same with so many of each row only, those of the greatest size. */
    ItemWeights greatest(int most) {
        ItemWeights kept = new ItemWeights(items);
        float[] sizes = new float[items];
        for (int from = 0; from < items; from++) {
            for (int to = 0; to < items; to++) {
                sizes[to] = Math.abs(values[from * items + to]);
            }
            Arrays.sort(sizes);
            keep(from, sizes[items - most], most, kept);
        }
        return kept;
    }

    /** What is greater than the least that is kept, and of what is equal to it as many as there is room for. */
    private void keep(int from, float least, int most, ItemWeights kept) {
        int left = most;
        for (int at = from * items; at < (from + 1) * items; at++) {
            if (Math.abs(values[at]) > least) {
                kept.values[at] = values[at];
                left--;
            }
        }
        for (int at = from * items; at < (from + 1) * items && left > 0; at++) {
            if (values[at] != 0 && Math.abs(values[at]) == least) {
                kept.values[at] = values[at];
                left--;
            }
        }
    }

    /** Adds a row, times a weight, to the scores. */
    void addRow(int from, float weight, float[] scores) {
        int at = from * items;
        for (int to = 0; to < items; to++) {
            scores[to] += weight * values[at + to];
        }
    }
}
