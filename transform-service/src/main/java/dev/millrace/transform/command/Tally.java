package dev.millrace.transform.command;

import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.transform.WindowStep;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what became of records. One thread. */
final class Tally {
    private final Declared declared;
    private final Map<String, Long> rejected = new TreeMap<>();
    private final Map<String, Long> leftOut = new TreeMap<>();
    private final Map<String, Long> late = new TreeMap<>();
    private final Map<String, Long> flagged = new TreeMap<>();
    private long in;
    private long clean;

    Tally(Declared declared) {
        this.declared = declared;
    }

    void count(Trial trial) {
        in++;
        if (trial.ending() instanceof Trial.Clean) {
            clean++;
            StepEffect.flags(trial.rows().get(0)).forEach(flag -> add(flagged, flag));
        } else if (trial.ending() instanceof Trial.Rejected refused) {
            add(rejected, refused.stage().label() + ": " + refused.reason());
        } else if (trial.ending() instanceof Trial.LeftOut out) {
            add(leftOut, declared.name(trial.rows().size() - 1) + ": " + out.why());
        }
        countLate(trial.rows());
    }

    private void countLate(List<Row> rows) {
        for (int place = 0; place + 1 < rows.size() && place < declared.steps().size(); place++) {
            if (declared.isKeyed(place)
                    && declared.keyed(place) instanceof WindowStep window
                    && isLate(rows.get(place), rows.get(place + 1))) {
                add(late, window.name());
            }
        }
    }

    /** An event can be late for one window after the other, and has a flag for each. */
    private static boolean isLate(Row before, Row after) {
        return lates(after) > lates(before);
    }

    private static long lates(Row row) {
        return StepEffect.flags(row).stream().filter(WindowStep.LATE::equals).count();
    }

    private static void add(Map<String, Long> counts, String name) {
        counts.merge(name, 1L, Long::sum);
    }

    long in() {
        return in;
    }

    long clean() {
        return clean;
    }

    /** Of the clean ones, how many failed each check that only flags. */
    Map<String, Long> flagged() {
        return flagged;
    }

    /** How many were rejected by stage and reason. */
    Map<String, Long> rejected() {
        return rejected;
    }

    /** How many were left out by step and why. */
    Map<String, Long> leftOut() {
        return leftOut;
    }

    /** How many came too late for each window. */
    Map<String, Long> late() {
        return late;
    }

    static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
