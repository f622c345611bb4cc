package dev.millrace.training.learn;

import dev.millrace.training.sample.Samples;
import java.util.Map;

/** A learner with its settings. Immutable. */
public interface Candidate {
    /** What kind of model it gives: {@code boosted_trees}. */
    String kind();

    /** Its settings by name. */
    Map<String, String> settings();

    /** Learns. Nothing is missing in the samples. The same samples and seed give the same model. */
    Learned learn(Samples samples, long seed);

    /** In one line. */
    default String text() {
        return kind() + " " + settings();
    }
}
