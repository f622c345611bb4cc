package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Schema;

/** A step of a transform, bound to the fields that come to it. Immutable and thread-safe. */
public sealed interface Step permits RowStep, KeyedStep {
    /** The fields that leave it. */
    Schema output();
}
