package dev.millrace.model.predict;

import dev.millrace.pipeline.event.Row;
import java.time.Instant;
import java.util.Optional;

/**
 * An input, completed.
 *
 * @param row the clean row
 * @param featuresAsOf when the newest event that its live features hold was accepted; nothing where there are none
 */
record Completed(Row row, Optional<Instant> featuresAsOf) {}
