package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Row;
import java.util.Optional;

/** Rows that lookups find by a key. Thread-safe; what it holds may change between two calls. */
@FunctionalInterface
public interface Reference {
    /** The row under that key, over the columns of the {@link ReferenceShape}; nothing where there is none. */
    Optional<Row> find(String key);
}
