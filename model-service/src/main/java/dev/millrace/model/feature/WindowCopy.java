package dev.millrace.model.feature;

import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.KeyState;
import java.time.Instant;
import java.util.Optional;

/**
 * A copy of what the windows of one version of a pipeline's state hold, as of the last committed event, made of the
 * changelogs of transform-service's stores. Asking is thread-safe.
 */
interface WindowCopy extends AutoCloseable {
    /**
     * What is held of a key.
     *
     * @param asOf when the newest of what is counted beside that key was accepted; nothing if nothing is
     */
    record Held(KeyState state, Optional<Instant> asOf) {}

    /** What the copy of that version is called, wherever it is kept. */
    static String application(String pipeline, String stateVersion) {
        String name = "millrace-features-" + pipeline;
        return stateVersion.isEmpty() ? name : name + "." + stateVersion;
    }

    /** The name of the pipeline. */
    String pipeline();

    /** Why it can not be asked; nothing if it can. */
    Optional<String> problem();

    /**
     * What is held of that key.
     *
     * @throws StateAwayException if it can not be asked
     */
    Held held(WindowStep step, String key);

    /** Removes what is kept, once this is closed: nobody will ask for that version any more. */
    void forget();

    @Override
    void close();
}
