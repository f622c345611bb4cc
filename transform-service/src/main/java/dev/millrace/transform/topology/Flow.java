package dev.millrace.transform.topology;

import dev.millrace.pipeline.event.Row;
import java.time.Instant;

/** What goes from one node of the topology to the next. */
sealed interface Flow {
    /** A value that leaves by a sink, as it is written. */
    record Leaving(byte[] value) implements Flow {}

    /**
     * An event on its way to a step.
     *
     * @param step the step's place in the transform
     * @param row the event as it comes to the step
     * @param origin the raw record it came from
     */
    record Waiting(int step, Row row, Origin origin) implements Flow {}

    /**
     * An event that labels may name; the record's key is its id.
     *
     * @param key its key in the window that counts labels
     * @param at when it happened
     */
    record Named(String key, Instant at) implements Flow {}

    /**
     * A label that came for an event; the record's key is the event's in the window.
     *
     * @param at when the event happened
     * @param before what it counted for before
     * @param after what it counts for now
     */
    record Relabelled(Instant at, double before, double after) implements Flow {}
}
