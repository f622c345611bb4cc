package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.rejection.RejectionReason;

/** What became of an event in the transform, so far. */
public sealed interface Outcome {
    /** It passed; the row has the clean schema. */
    record Clean(Row row) implements Outcome {}

    /** It was refused. */
    record Rejected(RejectionReason reason, String message) implements Outcome {}

    /** It is left out, as the pipeline's author wants it. */
    record LeftOut(Why why) implements Outcome {}

    /** It has come to a step that needs to know what came before it, and waits there for {@link Transform#proceed}. */
    record At(int step, Row row) implements Outcome {}

    /** Why an event is left out. */
    enum Why {
        /** A filter's condition is not true for it. */
        FILTERED,
        /** It came before. */
        DUPLICATE
    }
}
