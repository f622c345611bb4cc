package dev.millrace.model.training;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Labelled rows in the order of time, column by column: features, whether it was a fraud, the day and the customer. Grows
 * while it is filled; confined to one thread until then.
 */
final class Samples {
    private static final int FIRST_CAPACITY = 1024;

    private final int features;
    private float[] values;
    private boolean[] frauds = new boolean[FIRST_CAPACITY];
    private int[] days = new int[FIRST_CAPACITY];
    private int[] customers = new int[FIRST_CAPACITY];
    private int size;

    Samples(int features) {
        this.features = features;
        this.values = new float[FIRST_CAPACITY * features];
    }

    /** Adds a row. The features are copied. */
    void add(float[] row, boolean fraud, int day, int customer) {
        if (size == frauds.length) {
            int capacity = size * 2;
            values = Arrays.copyOf(values, capacity * features);
            frauds = Arrays.copyOf(frauds, capacity);
            days = Arrays.copyOf(days, capacity);
            customers = Arrays.copyOf(customers, capacity);
        }
        System.arraycopy(row, 0, values, size * features, features);
        frauds[size] = fraud;
        days[size] = day;
        customers[size] = customer;
        size++;
    }

    int size() {
        return size;
    }

    int features() {
        return features;
    }

    boolean fraud(int row) {
        return frauds[row];
    }

    int day(int row) {
        return days[row];
    }

    int customer(int row) {
        return customers[row];
    }

    int frauds() {
        int count = 0;
        for (int row = 0; row < size; row++) {
            count += frauds[row] ? 1 : 0;
        }
        return count;
    }

    /** All features, row after row. */
    float[] values() {
        return Arrays.copyOf(values, size * features);
    }

    /** 1 for a fraud and 0 for none, as a learner wants it. */
    float[] labels() {
        float[] labels = new float[size];
        for (int row = 0; row < size; row++) {
            labels[row] = frauds[row] ? 1 : 0;
        }
        return labels;
    }

    /** The feature's median. */
    float median(int feature) {
        float[] column = new float[size];
        for (int row = 0; row < size; row++) {
            column[row] = values[row * features + feature];
        }
        Arrays.sort(column);
        return column[size / 2];
    }

    /** The rows from one day up to and without another. */
    Samples between(int fromDay, int toDay) {
        return where(row -> days[row] >= fromDay && days[row] < toDay);
    }

    /** The rows for which that holds. */
    Samples where(IntPredicate condition) {
        Samples some = new Samples(features);
        float[] row = new float[features];
        for (int index = 0; index < size; index++) {
            if (condition.test(index)) {
                System.arraycopy(values, index * features, row, 0, features);
                some.add(row, frauds[index], days[index], customers[index]);
            }
        }
        return some;
    }
}
