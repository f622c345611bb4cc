package dev.millrace.model.feature;

import dev.millrace.pipeline.transform.Transform;
import java.util.Optional;

/** A pipeline's transform with all that its steps need: secrets, references, and what the windows hold. Thread-safe. */
public final class LiveTransform {
    private final Transform transform;
    private final Optional<WindowCopy> copy;

    LiveTransform(Transform transform, Optional<WindowCopy> copy) {
        this.transform = transform;
        this.copy = copy;
    }

    /** The steps. */
    public Transform transform() {
        return transform;
    }

    /** A look at what the windows hold, for one event. */
    public Look look() {
        return new Look(copy);
    }
}
