package dev.millrace.rehearsal;

import java.time.Duration;
import java.util.List;

/**
 * What came of a rehearsal.
 *
 * @param span what there was to rehearse with
 * @param sent how many events were sent
 * @param labelled how many positive labels
 * @param rows how many rows the fact table has
 * @param rejected how many events are in the rejected topic
 * @param feeding how long events were on their way, trainings left out
 * @param took how long all of it took
 * @param weeks the test weeks
 */
record Rehearsed(
        Span span,
        long sent,
        long labelled,
        long rows,
        long rejected,
        Duration feeding,
        Duration took,
        List<Week> weeks) {
    /** How many events are neither a row nor rejected; negative if some are there twice. */
    long missing() {
        return sent - rows - rejected;
    }
}
