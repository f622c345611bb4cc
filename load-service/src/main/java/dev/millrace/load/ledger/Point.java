package dev.millrace.load.ledger;

import dev.millrace.pipeline.topic.Stage;
import java.util.Locale;
import java.util.Optional;

/** The points of a pipeline's way at which events are counted, in the order of the flow. */
public enum Point {
    /** Accepted by ingest: records of {@code raw}. */
    RAW,
    REJECTED_BY_TRANSFORM,
    /** Left out by a step of the transform, as the pipeline's author wants it: filtered, or there before. */
    LEFT_OUT,
    CLEAN,
    REJECTED_BY_MODEL,
    SCORED,
    REJECTED_BY_LOAD,
    /** Were in the warehouse already and changed nothing. */
    DUPLICATES,
    /** Rows of the fact table. */
    ROWS;

    /** The name in the ledger and in labels. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The point of that name; empty if this version knows none. */
    public static Optional<Point> of(String label) {
        for (Point point : values()) {
            if (point.label().equals(label)) {
                return Optional.of(point);
            }
        }
        return Optional.empty();
    }

    /** Where what a stage rejects is counted; empty for ingest, whose rejects were never accepted. */
    public static Optional<Point> rejectedBy(Stage stage) {
        return switch (stage) {
            case INGEST -> Optional.empty();
            case TRANSFORM -> Optional.of(REJECTED_BY_TRANSFORM);
            case MODEL -> Optional.of(REJECTED_BY_MODEL);
            case LOAD -> Optional.of(REJECTED_BY_LOAD);
        };
    }
}
