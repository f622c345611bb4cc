package dev.millrace.model.feature;

import dev.millrace.pipeline.transform.WindowStates;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.KeyState;
import java.time.Instant;
import java.util.Optional;

/** One event's look at what the windows hold. Confined to one thread. */
public final class Look implements WindowStates {
    private final Optional<WindowCopy> copy;
    private Instant oldest;

    Look(Optional<WindowCopy> copy) {
        this.copy = copy;
    }

    /** A look where there are no windows. */
    public static Look atNothing() {
        return new Look(Optional.empty());
    }

    /** @throws StateAwayException if it can not be asked now */
    @Override
    public KeyState of(WindowStep step, String key) {
        WindowCopy.Held held = copy.orElseThrow().held(step, key);
        held.asOf().ifPresent(at -> oldest = oldest == null || at.isBefore(oldest) ? at : oldest);
        return held.state();
    }

    /**
     * When the newest event that the features can hold was accepted; of several windows the oldest holds. Nothing where no
     * window was asked, or nothing was counted yet.
     */
    public Optional<Instant> asOf() {
        return Optional.ofNullable(oldest);
    }
}
