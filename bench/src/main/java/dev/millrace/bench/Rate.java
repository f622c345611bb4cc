package dev.millrace.bench;

/**
 * Work done in a time.
 *
 * @param count how many events
 * @param seconds in how many seconds
 */
record Rate(long count, double seconds) {
    double perSecond() {
        return count / seconds;
    }
}
