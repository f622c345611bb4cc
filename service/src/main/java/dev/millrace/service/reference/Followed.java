package dev.millrace.service.reference;

import dev.millrace.pipeline.transform.Reference;
import java.util.Optional;

/** A reference that follows what it was read from. Thread-safe. */
interface Followed extends Reference, AutoCloseable {
    /** The name by which its lookup declares it. */
    String name();

    /** How many rows it has. */
    int size();

    /** Why it does not hold what it should; nothing if it does. */
    Optional<String> problem();

    /** Follows no longer; what it holds stays. */
    @Override
    void close();
}
