package dev.millrace.model.traffic;

import dev.millrace.model.registry.ModelDescription;
import dev.millrace.pipeline.Pipeline;
import java.time.Instant;

/** Word of what one version answered to one call, or would have. */
public sealed interface Word permits Made, MadeLists {
    /** The pipeline whose events it is of. */
    Pipeline pipeline();

    /** The version. */
    ModelDescription model();

    /** As what it answered. */
    Route route();

    /** How it was asked: {@code http}, {@code stream}. */
    String asked();

    /** When. */
    Instant at();

    /** How many answers. */
    int count();

    /** How many items stand on its lists, which take room while it waits. */
    default long items() {
        return 0;
    }
}
