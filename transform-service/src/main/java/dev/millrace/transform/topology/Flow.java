package dev.millrace.transform.topology;

import dev.millrace.pipeline.event.Row;
import java.time.Instant;

/** What goes from one node of the topology to the next. A mark is that of {@link Order}. */
sealed interface Flow {
    /** A value that leaves by a sink, as it is written. */
    record Leaving(byte[] value) implements Flow {}

    /**
     * What goes to a step by way of a topic.
     *
     * @param order where it stands in the order of acceptance
     */
    record Sent(Order order, Flow flow) implements Flow {}

    /** What has come by way of a topic between steps and is not opened yet: it may have to wait for its turn. */
    record Sealed(byte[] value) implements Flow {}

    /** A label as somebody sent it; it has no place in the order yet. The value is null if it has none. */
    record Received(byte[] json) implements Flow {}

    /** A note that nothing before that mark comes from its source any more. */
    record Progress(long mark) implements Flow {}

    /**
     * An event on its way to a step.
     *
     * @param step the step's place in the transform
     * @param row the event as it comes to the step
     * @param origin the raw record it came from
     */
    record Waiting(int step, Row row, Origin origin, long mark) implements Flow {}

    /**
     * An event that labels may name; the record's key is its id.
     *
     * @param key its key in the window that counts labels
     * @param at when it happened
     */
    record Named(String key, Instant at, long mark) implements Flow {}

    /** A label as it came; the record's key is the id of the event that it names. */
    record Label(byte[] json, long mark) implements Flow {}

    /**
     * A label that came for an event; the record's key is the event's in the window.
     *
     * @param id the event's id
     * @param accepted when the event was accepted, in milliseconds of the epoch
     * @param at when it happened
     * @param before what it counted for before
     * @param after what it counts for now
     */
    record Relabelled(byte[] id, long accepted, Instant at, double before, double after) implements Flow {}
}
