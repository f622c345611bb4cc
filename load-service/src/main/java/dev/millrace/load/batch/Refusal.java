package dev.millrace.load.batch;

import dev.millrace.pipeline.rejection.Rejection;

/**
 * A record that is not loaded.
 *
 * @param partition the partition it came from
 * @param offset its offset there
 * @param acceptedAtMillis when ingest accepted it, in milliseconds since 1970
 * @param rejection why
 */
public record Refusal(int partition, long offset, long acceptedAtMillis, Rejection rejection) {}
