package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Row;
import java.util.List;

/** A step that needs to know what came before, by a key: all events of a key have to come to the same place. */
public sealed interface KeyedStep extends Step permits DeduplicateStep, WindowStep {
    /** A name that is unique among the pipeline's steps and stays as long as the step keeps the same state. */
    String name();

    /** The fields that make the key; none where it is the event's id. */
    List<String> by();

    /** The event's key; null where a field of it is missing. */
    String key(Row row);
}
