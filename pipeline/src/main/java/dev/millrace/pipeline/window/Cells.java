package dev.millrace.pipeline.window;

import java.util.ArrayList;
import java.util.List;

/** Where in a bucket each summary stands: a feature's, or one that no feature reads any more. Immutable and thread-safe. */
final class Cells {
    private final Summary[] summaries;
    private final int[] places;
    private final Summary.Objects[] kept;
    private final int width;
    private final boolean mergeToState;
    private final boolean sums;

    Cells(List<Summary> summaries) {
        this.summaries = summaries.toArray(Summary[]::new);
        this.places = new int[this.summaries.length];
        List<Summary.Objects> objects = new ArrayList<>();
        int numbers = 0;
        for (int i = 0; i < this.summaries.length; i++) {
            if (this.summaries[i] instanceof Summary.Numbers summary) {
                places[i] = numbers;
                numbers += summary.width();
            } else if (this.summaries[i] instanceof Summary.Objects summary) {
                places[i] = objects.size();
                objects.add(summary);
            }
        }
        this.width = numbers;
        this.kept = objects.toArray(Summary.Objects[]::new);
        this.mergeToState = objects.stream().allMatch(Summary.Objects::mergesToState);
        this.sums = summaries.stream()
                .allMatch(summary -> !(summary instanceof Summary.Numbers number) || number.mergesBySum());
    }

    /** How many numbers a bucket has. */
    int width() {
        return width;
    }

    /** How many objects a bucket has. */
    int objects() {
        return kept.length;
    }

    Summary summary(int cell) {
        return summaries[cell];
    }

    /** The place of a cell's first number, or of its object. */
    int at(int cell) {
        return places[cell];
    }

    Summary.Objects object(int place) {
        return kept[place];
    }

    /** Whether the sum of buckets is like a bucket, and can be summed up further. */
    boolean mergeToState() {
        return mergeToState;
    }

    Bucket empty() {
        return new Bucket(new double[width], new Object[kept.length]);
    }

    void merge(Bucket newer, double[] numbers, int numbersAt, Object[] objects, int objectsAt) {
        if (sums) {
            double[] into = newer.numbers();
            for (int i = 0; i < width; i++) {
                into[i] += numbers[numbersAt + i];
            }
        } else {
            mergeEach(newer.numbers(), numbers, numbersAt);
        }
        for (int i = 0; i < kept.length; i++) {
            Object older = objects[objectsAt + i];
            if (older != null) {
                newer.objects()[i] = kept[i].merge(newer.objects()[i], older);
            }
        }
    }

    private void mergeEach(double[] newer, double[] numbers, int numbersAt) {
        for (int i = 0; i < summaries.length; i++) {
            if (summaries[i] instanceof Summary.Numbers summary) {
                summary.merge(newer, places[i], numbers, numbersAt + places[i]);
            }
        }
    }

    /** The feature that a sum of buckets comes to. */
    Object result(int cell, Bucket sum) {
        Summary summary = summaries[cell];
        return summary instanceof Summary.Numbers numbers
                ? numbers.result(sum.numbers(), places[cell])
                : ((Summary.Objects) summary).result(sum.objects()[places[cell]]);
    }
}
