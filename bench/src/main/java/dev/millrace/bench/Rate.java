package dev.millrace.bench;

import java.util.OptionalDouble;

/**
 * Work done in a time.
 *
 * @param count how many events
 * @param seconds in how many seconds
 * @param processorSeconds how much processor time the process took that did it, where that was looked at
 */
record Rate(long count, double seconds, OptionalDouble processorSeconds) {
    Rate(long count, double seconds) {
        this(count, seconds, OptionalDouble.empty());
    }

    double perSecond() {
        return count / seconds;
    }

    /** Of one process: what a core of its own would do. */
    OptionalDouble perProcessorSecond() {
        return processorSeconds.isPresent()
                ? OptionalDouble.of(count / processorSeconds.getAsDouble())
                : OptionalDouble.empty();
    }
}
