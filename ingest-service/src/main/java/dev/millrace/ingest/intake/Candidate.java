package dev.millrace.ingest.intake;

import java.util.Optional;

/**
 * A record that wants to be an event.
 *
 * @param json the record, as the bytes of a JSON object
 * @param id the id that its envelope gives it, if it has one
 * @param source where it came from, a URI reference
 * @param type what its envelope says it is, if it says so
 * @param fallbackId gives the deterministic id of a record that has no id of its own
 * @param traceparent the trace it belongs to, if any
 */
public record Candidate(
        byte[] json,
        Optional<String> id,
        String source,
        Optional<String> type,
        java.util.function.Supplier<String> fallbackId,
        Optional<String> traceparent) {}
