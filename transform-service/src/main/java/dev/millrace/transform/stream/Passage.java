package dev.millrace.transform.stream;

import dev.millrace.service.state.StateRecord;
import dev.millrace.service.state.StateRecord.Phase;
import dev.millrace.service.state.StateRecord.Version;
import java.util.Map;
import java.util.Optional;

/**
 * How far one version of a pipeline's state reads raw, and what it says of it. Immutable.
 *
 * @param reads whether it reads all that comes
 * @param limits where it does not, of each partition the offset that it reads up to; 0 where none is named
 * @param lasts whether nothing is to come behind the limits
 * @param speaks whether it says anything at all
 * @param cutover of each partition the offset from which on it speaks; all where none is named
 */
record Passage(boolean reads, Map<Integer, Long> limits, boolean lasts, boolean speaks, Map<Integer, Long> cutover) {
    /** Reads nothing and says nothing. */
    static final Passage CLOSED = new Passage(false, Map.of(), false, false, Map.of());

    /**
     * What the record allows to a version.
     *
     * @param behind how far a version that catches up may read
     */
    static Passage of(Optional<StateRecord> record, String version, Map<Integer, Long> behind) {
        if (record.isEmpty()) {
            return CLOSED;
        }
        Phase phase = record.get().phase();
        Version running = record.get().running();
        Optional<Version> next =
                record.get().next().filter(other -> other.name().equals(version));
        if (next.isPresent()) {
            Map<Integer, Long> limits = phase == Phase.DRAINING ? next.get().cutover() : behind;
            return new Passage(false, limits, false, false, Map.of());
        } else if (!running.name().equals(version)) {
            return CLOSED;
        }
        return switch (phase) {
            case RUNNING, CATCHING_UP -> new Passage(true, Map.of(), false, true, running.cutover());
            case STOPPING -> new Passage(false, Map.of(), false, true, running.cutover());
            case DRAINING ->
                new Passage(false, record.get().next().orElseThrow().cutover(), true, true, running.cutover());
        };
    }
}
