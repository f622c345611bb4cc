package dev.millrace.model.feature;

import dev.millrace.pipeline.transform.Transform;
import java.util.Optional;

/**
 * A pipeline's transform with all that its steps need: secrets, references, and what the windows hold. Thread-safe.
 *
 * @param transform the steps
 * @param follower what the windows hold; nothing where the pipeline has none
 */
public record LiveTransform(Transform transform, Optional<WindowFollower> follower) {
    /** A look at what the windows hold, for one event. */
    public Look look() {
        return new Look(follower.orElse(null));
    }
}
