package dev.millrace.bench.autoscaling;

/**
 * How far the number of pods may change within a time.
 *
 * @param percent whether {@code value} is percent of the pods at the period's begin, not pods
 * @param value how much
 * @param period in seconds
 */
record Policy(boolean percent, int value, int period) {
    static Policy pods(int value, int period) {
        return new Policy(false, value, period);
    }

    static Policy percent(int value, int period) {
        return new Policy(true, value, period);
    }
}
