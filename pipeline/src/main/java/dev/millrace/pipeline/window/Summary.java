package dev.millrace.pipeline.window;

import dev.millrace.pipeline.event.FieldType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How the events of a bucket are summed up for one feature, so that sums of buckets give the window's value. A summary
 * is kept in some numbers of the bucket, or in one object of it. Stateless.
 */
sealed interface Summary {
    /** The summary that the function needs over values of that type. */
    static Summary of(Function function, FieldType type, double parameter) {
        return switch (function) {
            case COUNT -> new NumberSummary.Count();
            case SUM -> new NumberSummary.Sum(type == FieldType.INTEGER);
            case MEAN -> new NumberSummary.Mean();
            case STDDEV -> new NumberSummary.StandardDeviation();
            case MIN -> new ValueSummary.Least(type);
            case MAX -> new ValueSummary.Greatest(type);
            case FIRST -> new ValueSummary.First(type);
            case LAST -> new ValueSummary.Last(type);
            case DISTINCT -> new SketchSummary.Distinct();
            case QUANTILE -> new SketchSummary.Quantile(parameter);
            case RECENT -> new RecentSummary(type, (int) parameter);
        };
    }

    /** The type of the feature. */
    FieldType type();

    /** One that is kept in some numbers. */
    non-sealed interface Numbers extends Summary {
        /** How many numbers of the bucket it needs; all zero at first. */
        int width();

        /** Adds a value; with a weight of -1, takes one away again. */
        void add(double[] cells, int at, double value, int weight);

        /** Adds the events of another bucket: number by number, if not otherwise. */
        default void merge(double[] into, int at, double[] from, int fromAt) {
            for (int i = 0; i < width(); i++) {
                into[at + i] += from[fromAt + i];
            }
        }

        /** Whether it is number by number, so that the numbers of all features can go in one loop. */
        default boolean mergesBySum() {
            return true;
        }

        /** The feature, or null. */
        Object result(double[] cells, int at);
    }

    /** One that is kept in an object, null at first. */
    non-sealed interface Objects extends Summary {
        /** The state with a value added; the state may be changed. */
        Object add(Object state, Object value);

        /** What newer buckets came to, null at first, with an older bucket's state added; that state stays as it is. */
        Object merge(Object newer, Object older);

        /** The feature that merged states come to, or null. */
        Object result(Object merged);

        /** Whether merged states are a state again, so that a chunk's total can be kept. */
        boolean mergesToState();

        void write(Object state, DataOutput out) throws IOException;

        Object read(DataInput in) throws IOException;
    }
}
