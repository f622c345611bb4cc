package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.rejection.RejectionReason;

/** What became of an event in the transform. */
public sealed interface Outcome {
    /** It passed; the row has the clean schema. */
    record Clean(Row row) implements Outcome {}

    /** It was refused. */
    record Rejected(RejectionReason reason, String message) implements Outcome {}
}
