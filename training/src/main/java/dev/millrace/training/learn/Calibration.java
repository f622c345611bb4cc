package dev.millrace.training.learn;

/** What makes a score between 0 and 1 of a margin: the share of positive rows among those that score so. Immutable. */
public sealed interface Calibration permits Platt, Isotonic {
    /** The scores of margins; never falling as margins rise. */
    double[] scores(double[] margins);
}
