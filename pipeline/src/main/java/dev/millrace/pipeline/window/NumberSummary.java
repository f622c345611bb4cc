package dev.millrace.pipeline.window;

import dev.millrace.pipeline.event.FieldType;

/** The summaries that are numbers. Stateless. */
final class NumberSummary {

    private NumberSummary() {}

    /** How many. */
    record Count() implements Summary.Numbers {
        @Override
        public FieldType type() {
            return FieldType.INTEGER;
        }

        @Override
        public int width() {
            return 1;
        }

        @Override
        public void add(double[] cells, int at, double value, int weight) {
            cells[at] += weight;
        }

        @Override
        public Object result(double[] cells, int at) {
            return (long) cells[at];
        }
    }

    /** The sum; of nothing it is zero. Sums of whole numbers are whole numbers, exact to 2^53. */
    record Sum(boolean whole) implements Summary.Numbers {
        @Override
        public FieldType type() {
            return whole ? FieldType.INTEGER : FieldType.DOUBLE;
        }

        @Override
        public int width() {
            return 1;
        }

        @Override
        public void add(double[] cells, int at, double value, int weight) {
            cells[at] += weight * value;
        }

        @Override
        public Object result(double[] cells, int at) {
            if (whole) {
                return (Object) (long) cells[at];
            }
            return finite(cells[at]);
        }
    }

    /** The mean; of nothing there is none. */
    record Mean() implements Summary.Numbers {
        @Override
        public FieldType type() {
            return FieldType.DOUBLE;
        }

        @Override
        public int width() {
            return 2;
        }

        @Override
        public void add(double[] cells, int at, double value, int weight) {
            cells[at] += weight;
            cells[at + 1] += weight * value;
        }

        @Override
        public Object result(double[] cells, int at) {
            return cells[at] == 0 ? null : finite(cells[at + 1] / cells[at]);
        }
    }

    /**
     * The sample standard deviation, from count, mean and the sum of squared distances to the mean, updated by Welford's
     * formula and merged by that of Chan, Golub and LeVeque (Updating Formulae and a Pairwise Algorithm for Computing
     * Sample Variances, 1979), which do not lose digits as sums of squares do.
     */
    record StandardDeviation() implements Summary.Numbers {
        @Override
        public FieldType type() {
            return FieldType.DOUBLE;
        }

        @Override
        public int width() {
            return 3;
        }

        @Override
        public void add(double[] cells, int at, double value, int weight) {
            cells[at]++;
            double distance = value - cells[at + 1];
            cells[at + 1] += distance / cells[at];
            cells[at + 2] += distance * (value - cells[at + 1]);
        }

        @Override
        public boolean mergesBySum() {
            return false;
        }

        @Override
        public void merge(double[] into, int at, double[] from, int fromAt) {
            double more = from[fromAt];
            if (more == 0) {
                return;
            }
            double here = into[at];
            double all = here + more;
            double distance = from[fromAt + 1] - into[at + 1];
            into[at] = all;
            into[at + 1] += distance * more / all;
            into[at + 2] += from[fromAt + 2] + distance * distance * here * more / all;
        }

        @Override
        public Object result(double[] cells, int at) {
            return cells[at] < 2 ? null : finite(Math.sqrt(cells[at + 2] / (cells[at] - 1)));
        }
    }

    /** A field is never infinite: sums of numbers near the largest double have no value. */
    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
