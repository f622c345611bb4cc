package dev.millrace.model.drift;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Watches the features and scores of one version over a sliding time, in slots. Thread-safe; its memory is fixed. */
final class Watch {
    /** The time moves on by a slot, so that it is at most this part longer or shorter than asked for. */
    private static final int SLOTS = 24;

    private final List<String> features;
    private final Histogram[] byFeature;
    private final Histogram scores;
    private final Clock clock;
    private final long slotMillis;
    private long slot;

    Watch(Reference reference, List<String> features, Duration over, Clock clock) {
        this.features = features;
        this.byFeature = new Histogram[features.size()];
        for (int i = 0; i < byFeature.length; i++) {
            Distribution distribution = reference.features().get(features.get(i));
            byFeature[i] = distribution == null ? null : new Histogram(distribution, SLOTS);
        }
        this.scores = reference.score() == null ? null : new Histogram(reference.score(), SLOTS);
        this.clock = clock;
        this.slotMillis = Math.max(1, over.toMillis() / SLOTS);
        this.slot = clock.millis() / slotMillis;
    }

    /**
     * Counts rows.
     *
     * @param values rows × features, row after row; NaN is missing
     * @param scored a score a row
     * @param stride every how manieth row is counted
     */
    synchronized void count(float[] values, double[] scored, int stride) {
        int now = turn();
        int width = byFeature.length;
        for (int row = 0; row < scored.length; row += stride) {
            for (int feature = 0; feature < width; feature++) {
                if (byFeature[feature] != null) {
                    byFeature[feature].count(now, values[row * width + feature]);
                }
            }
            if (scores != null && Double.isFinite(scored[row])) {
                scores.count(now, scored[row]);
            }
        }
    }

    /** By feature, and the scores under {@link Drift#SCORE}. */
    synchronized Map<String, Divergence> divergences() {
        turn();
        Map<String, Divergence> divergences = new LinkedHashMap<>();
        for (int feature = 0; feature < byFeature.length; feature++) {
            if (byFeature[feature] != null) {
                divergences.put(features.get(feature), byFeature[feature].divergence());
            }
        }
        if (scores != null) {
            divergences.put(Drift.SCORE, scores.divergence());
        }
        return divergences;
    }

    /** Empties the slots that time has passed since, and says which is the present one. */
    private int turn() {
        long now = clock.millis() / slotMillis;
        for (long passed = Math.max(slot + 1, now - SLOTS + 1); passed <= now; passed++) {
            int index = (int) (passed % SLOTS);
            for (Histogram histogram : byFeature) {
                if (histogram != null) {
                    histogram.clear(index);
                }
            }
            if (scores != null) {
                scores.clear(index);
            }
        }
        slot = Math.max(slot, now);
        return (int) (slot % SLOTS);
    }
}
