package dev.millrace.load.audit;

import dev.millrace.load.ledger.Point;
import dev.millrace.pipeline.topic.Stage;
import java.time.Instant;
import java.util.Map;

/**
 * What an audit found.
 *
 * @param horizon every event accepted before was followed to its end
 * @param records the records at each point, of the events accepted before the horizon
 * @param unaccounted what went into a stage and did not come out, of the same events
 * @param waiting the records before each stage that it has not done with now
 */
record Finding(Instant horizon, Map<Point, Long> records, Map<Stage, Long> unaccounted, Map<Stage, Long> waiting) {
    Finding {
        records = Map.copyOf(records);
        unaccounted = Map.copyOf(unaccounted);
        waiting = Map.copyOf(waiting);
    }

    /** The horizon in seconds since 1970. */
    double until() {
        return horizon.toEpochMilli() / 1e3;
    }

    Finding withWaiting(Map<Stage, Long> now) {
        return new Finding(horizon, records, unaccounted, now);
    }
}
