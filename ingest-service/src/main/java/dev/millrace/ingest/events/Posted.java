package dev.millrace.ingest.events;

import java.util.Optional;

/**
 * One record of a body.
 *
 * @param where where it stands in the body: a JSON Pointer, which is empty if it is the body, or {@code line 3}
 * @param json its bytes
 * @param id the id of its CloudEvent, if it is one
 * @param source the source of its CloudEvent, if it is one
 * @param type the type of its CloudEvent, if it is one
 * @param traceparent the trace of its CloudEvent, if it has one (CloudEvents' extension for distributed tracing)
 */
record Posted(
        String where,
        byte[] json,
        Optional<String> id,
        Optional<String> source,
        Optional<String> type,
        Optional<String> traceparent) {
    static Posted bare(String where, byte[] json) {
        return new Posted(where, json, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
