package dev.millrace.training.sample;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Labelled rows in the order of time, column by column: features, whether the label is positive, the day, the key and what
 * is at stake. A value that is missing is NaN. Grows while it is filled; confined to one thread until then.
 */
public final class Samples {
    private static final int FIRST_CAPACITY = 1024;

    private final List<String> features;
    private final Map<String, Integer> keyNumbers;
    private float[] values;
    private boolean[] positives = new boolean[FIRST_CAPACITY];
    private int[] days = new int[FIRST_CAPACITY];
    private int[] keys = new int[FIRST_CAPACITY];
    private float[] stakes = new float[FIRST_CAPACITY];
    private int size;

    /** None yet, of these features. */
    public Samples(List<String> features) {
        this(features, new HashMap<>());
    }

    private Samples(List<String> features, Map<String, Integer> keyNumbers) {
        this.features = List.copyOf(features);
        this.keyNumbers = keyNumbers;
        this.values = new float[FIRST_CAPACITY * features.size()];
    }

    /**
     * Adds a row.
     *
     * @param row its features, which are copied
     * @param positive its label
     * @param day the day it happened, in days since 1970-01-01 UTC
     * @param key whose event it is
     * @param stake what a positive costs that is not found, such as its amount
     */
    public void add(float[] row, boolean positive, int day, String key, double stake) {
        add(row, 0, positive, day, keyNumbers.computeIfAbsent(key, unknown -> keyNumbers.size()), (float) stake);
    }

    private void add(float[] source, int from, boolean positive, int day, int key, float stake) {
        int width = features.size();
        if (size == positives.length) {
            int capacity = size * 2;
            values = Arrays.copyOf(values, capacity * width);
            positives = Arrays.copyOf(positives, capacity);
            days = Arrays.copyOf(days, capacity);
            keys = Arrays.copyOf(keys, capacity);
            stakes = Arrays.copyOf(stakes, capacity);
        }
        System.arraycopy(source, from, values, size * width, width);
        positives[size] = positive;
        days[size] = day;
        keys[size] = key;
        stakes[size] = stake;
        size++;
    }

    /** Adds all rows of samples of the same features and keys. */
    public void addAll(Samples others) {
        for (int row = 0; row < others.size; row++) {
            add(
                    others.values,
                    row * features.size(),
                    others.positives[row],
                    others.days[row],
                    others.keys[row],
                    others.stakes[row]);
        }
    }

    /** How many rows. */
    public int size() {
        return size;
    }

    /** The features' names, in the order of their columns. */
    public List<String> features() {
        return features;
    }

    /** Whether the row's label is positive. */
    public boolean positive(int row) {
        return positives[row];
    }

    /** The row's day, in days since 1970-01-01. */
    public int day(int row) {
        return days[row];
    }

    /** The number of the row's key; the same number is the same key, in parts of these samples as well. */
    public int key(int row) {
        return keys[row];
    }

    /** What is at stake with the row. */
    public double stake(int row) {
        return stakes[row];
    }

    /** A feature of a row; NaN where it is missing. */
    public float value(int row, int feature) {
        return values[row * features.size() + feature];
    }

    /** How many rows are positive. */
    public int positives() {
        int count = 0;
        for (int row = 0; row < size; row++) {
            count += positives[row] ? 1 : 0;
        }
        return count;
    }

    /** All features, row after row. */
    public float[] values() {
        return Arrays.copyOf(values, size * features.size());
    }

    /** 1 for a positive row and 0 for another, as a learner wants it. */
    public float[] labels() {
        float[] labels = new float[size];
        for (int row = 0; row < size; row++) {
            labels[row] = positives[row] ? 1 : 0;
        }
        return labels;
    }

    /** The feature's values that are not missing, in rising order. */
    public float[] sorted(int feature) {
        float[] column = new float[size];
        int present = 0;
        for (int row = 0; row < size; row++) {
            float value = value(row, feature);
            if (!Float.isNaN(value)) {
                column[present++] = value;
            }
        }
        float[] sorted = Arrays.copyOf(column, present);
        Arrays.sort(sorted);
        return sorted;
    }

    /** The medians of the features, 0 for one that is always missing: what stands for a missing value. */
    public float[] medians() {
        float[] medians = new float[features.size()];
        for (int feature = 0; feature < medians.length; feature++) {
            float[] sorted = sorted(feature);
            medians[feature] = sorted.length == 0 ? 0 : sorted[sorted.length / 2];
        }
        return medians;
    }

    /** These rows with references in place of missing values. */
    public Samples filled(float[] references) {
        Samples filled = where(row -> true);
        for (int i = 0; i < filled.size * references.length; i++) {
            if (Float.isNaN(filled.values[i])) {
                filled.values[i] = references[i % references.length];
            }
        }
        return filled;
    }

    /** The rows from one day up to and without another. */
    public Samples between(int fromDay, int toDay) {
        return where(row -> days[row] >= fromDay && days[row] < toDay);
    }

    /** The rows for which that holds. */
    public Samples where(IntPredicate condition) {
        Samples some = new Samples(features, keyNumbers);
        for (int row = 0; row < size; row++) {
            if (condition.test(row)) {
                some.add(values, row * features.size(), positives[row], days[row], keys[row], stakes[row]);
            }
        }
        return some;
    }

    /**
     * The same rows with some of the features only.
     *
     * @throws IllegalArgumentException if one of the names is none of theirs
     */
    public Samples with(List<String> names) {
        int[] columns = names.stream().mapToInt(features::indexOf).toArray();
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] < 0) {
                throw new IllegalArgumentException("no feature '" + names.get(i) + "' among " + features);
            }
        }
        Samples some = new Samples(names, keyNumbers);
        float[] row = new float[columns.length];
        for (int index = 0; index < size; index++) {
            for (int i = 0; i < columns.length; i++) {
                row[i] = value(index, columns[i]);
            }
            some.add(row, 0, positives[index], days[index], keys[index], stakes[index]);
        }
        return some;
    }

    /** The numbers of the keys that have a positive row. */
    public Set<Integer> positiveKeys() {
        Set<Integer> found = new HashSet<>();
        for (int row = 0; row < size; row++) {
            if (positives[row]) {
                found.add(keys[row]);
            }
        }
        return found;
    }

    /** The first day of these rows. */
    public int firstDay() {
        return Arrays.stream(days, 0, size).min().orElse(0);
    }

    /** The last day of these rows. */
    public int lastDay() {
        return Arrays.stream(days, 0, size).max().orElse(-1);
    }
}
