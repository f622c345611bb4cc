package dev.millrace.load.warehouse;

import java.time.Instant;

/**
 * A label as it came.
 *
 * @param eventId the id of the event that it is of, as a text
 * @param label the label; true is 1 and false is 0
 * @param acceptedAt when ingest accepted it: from then on it was known
 */
public record LabelRow(String eventId, double label, Instant acceptedAt) {}
