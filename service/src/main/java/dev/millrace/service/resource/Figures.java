package dev.millrace.service.resource;

import java.util.Optional;

/**
 * What a stage does with one pipeline.
 *
 * @param eventsPerSecond events that went on
 * @param lag records that wait before the stage
 * @param rejected records refused since the process began
 * @param modelVersion the version that scores, if the stage knows one
 * @param remark why it does not get on, if it does not
 */
record Figures(
        double eventsPerSecond, long lag, long rejected, Optional<String> modelVersion, Optional<String> remark) {
    static final Figures NONE = new Figures(0, 0, 0, Optional.empty(), Optional.empty());

    /** These and another replica's together. */
    Figures plus(Figures other) {
        return new Figures(
                eventsPerSecond + other.eventsPerSecond,
                lag + other.lag,
                rejected + other.rejected,
                modelVersion.or(other::modelVersion),
                remark.or(other::remark));
    }
}
