package dev.millrace.transform.stream;

import static dev.millrace.transform.topology.SourceProgress.UNKNOWN;

/**
 * A partition that is worked off, as the broker said each time that it was asked. What was accepted may still be on its way,
 * so the partition has come no further than some time before the broker was asked. Times are milliseconds of the epoch.
 *
 * @param end its end
 * @param since when that was first seen, with no gap in the answers since
 * @param before when that was seen before {@code last}
 * @param last when that was last seen
 * @param beforeGap when it was last seen before the last gap in the answers; {@link
 *     dev.millrace.transform.topology.SourceProgress#UNKNOWN} where there was none
 */
record Silence(long end, long since, long before, long last, long beforeGap) {
    /** Without an answer for longer, the broker may have been away, and more than usual is on its way to it. */
    static final long GAP_MILLIS = 1_000;

    /** A partition that was seen for the first time with that end. */
    static Silence first(long end, long now) {
        return new Silence(end, now, now, now, UNKNOWN);
    }

    /** With one more answer, to a question that was asked at that time. */
    Silence seen(long seenEnd, long now) {
        if (seenEnd != end) {
            return first(seenEnd, now);
        }
        return now - last > GAP_MILLIS
                ? new Silence(end, now, now, now, last)
                : new Silence(end, since, last, now, beforeGap);
    }

    /**
     * The time of acceptance before which nothing is to come.
     *
     * @param wait how long an accepted record may be on its way to the broker
     */
    long progress(long wait) {
        // A broker that stood still may answer the question that waited before it takes the records that did. They are
        // there at the answer to the next question.
        if (before - since >= wait) {
            return before - wait;
        }
        // A broker that is only slow has a gap after each answer. What was on its way at one answer is there at the
        // next.
        return beforeGap != UNKNOWN && last - beforeGap >= wait ? beforeGap - wait : UNKNOWN;
    }
}
