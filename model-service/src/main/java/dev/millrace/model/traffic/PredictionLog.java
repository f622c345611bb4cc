package dev.millrace.model.traffic;

/** Keeps word of predictions. It never holds up who predicts: what it can not keep up with it drops and counts. Thread-safe. */
public interface PredictionLog {
    /** Keeps the word, or drops it. */
    void add(Word word);
}
