package dev.millrace.pipeline.window;

import java.util.Arrays;

/**
 * Buckets of one key, oldest first, side by side in a few arrays: a window passes over all of a key's buckets, and what lies
 * together is read together. Confined to one thread.
 */
final class Buckets {
    private static final int FIRST_ROOM = 4;

    private final Cells cells;
    private long[] times = new long[FIRST_ROOM];
    private double[] numbers;
    private Object[] objects;
    private int size;

    Buckets(Cells cells) {
        this.cells = cells;
        this.numbers = new double[FIRST_ROOM * cells.width()];
        this.objects = new Object[FIRST_ROOM * cells.objects()];
    }

    Cells cells() {
        return cells;
    }

    int size() {
        return size;
    }

    /** The time of a bucket. */
    long time(int bucket) {
        return times[bucket];
    }

    /** The buckets' numbers, one bucket's behind another's. */
    double[] numbers() {
        return numbers;
    }

    /** The buckets' objects, one bucket's behind another's. */
    Object[] objects() {
        return objects;
    }

    /** How many buckets from one place to before another have that time or an earlier one, and where the next one is. */
    int behind(long time, int from, int to) {
        int found = Arrays.binarySearch(times, from, to, time);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /** Makes room for so many buckets at that place, empty at first; each is to be given its time. */
    void insert(int at, int count) {
        int width = cells.width();
        int kept = cells.objects();
        if (size + count > times.length) {
            int room = Math.max(size + count, size * 2);
            times = Arrays.copyOf(times, room);
            numbers = Arrays.copyOf(numbers, room * width);
            objects = Arrays.copyOf(objects, room * kept);
        }
        int later = size - at;
        int behind = at + count;
        System.arraycopy(times, at, times, behind, later);
        System.arraycopy(numbers, at * width, numbers, behind * width, later * width);
        System.arraycopy(objects, at * kept, objects, behind * kept, later * kept);
        Arrays.fill(numbers, at * width, behind * width, 0);
        Arrays.fill(objects, at * kept, behind * kept, null);
        size += count;
    }

    /** Says the time of a bucket that was inserted. */
    void setTime(int bucket, long time) {
        times[bucket] = time;
    }

    /** Takes out the oldest. */
    void removeFirst(int count) {
        int width = cells.width();
        int kept = cells.objects();
        int left = size - count;
        System.arraycopy(times, count, times, 0, left);
        System.arraycopy(numbers, count * width, numbers, 0, left * width);
        System.arraycopy(objects, count * kept, objects, 0, left * kept);
        Arrays.fill(objects, left * kept, size * kept, null);
        size = left;
    }

    /** Adds an event's share of one feature to a bucket, or with a weight of -1 takes it away. */
    void add(int bucket, int cell, Object value, int weight) {
        Summary summary = cells.summary(cell);
        int at = cells.at(cell);
        if (summary instanceof Summary.Numbers kept) {
            double number = value instanceof Number given ? given.doubleValue() : 1;
            kept.add(numbers, bucket * cells.width() + at, number, weight);
        } else if (summary instanceof Summary.Objects kept) {
            int place = bucket * cells.objects() + at;
            objects[place] = kept.add(objects[place], value);
        }
    }

    /** Adds a bucket to what the newer ones came to. */
    void mergeInto(Bucket newer, int bucket) {
        cells.merge(newer, numbers, bucket * cells.width(), objects, bucket * cells.objects());
    }
}
