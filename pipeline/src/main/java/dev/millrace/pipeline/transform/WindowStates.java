package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.window.KeyState;

/** What the windows of a pipeline hold, for who only reads. */
@FunctionalInterface
public interface WindowStates {
    /** The state of that key at that step, as a copy of the asker's own; empty where nothing came for the key. */
    KeyState of(WindowStep step, String key);
}
