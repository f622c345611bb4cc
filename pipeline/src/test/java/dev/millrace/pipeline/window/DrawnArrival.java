package dev.millrace.pipeline.window;

import java.time.Instant;

/** What comes, in the order in which it comes. */
public sealed interface DrawnArrival {
    /**
     * An event.
     *
     * @param customer its key in one window
     * @param terminal its key in another; null where it has none
     * @param amount may be null, as may the fields behind it
     */
    record Event(String id, Instant at, String customer, String terminal, Double amount, Long pieces, String shop)
            implements DrawnArrival {}

    /** A label, of an event that has come, will come or never does. */
    record Label(String id, double label) implements DrawnArrival {}
}
