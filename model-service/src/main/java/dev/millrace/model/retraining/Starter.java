package dev.millrace.model.retraining;

/** Starts trainings. Thread-safe. */
interface Starter {
    /** Whether a training of that pipeline that was started from here, or by schedule, is under way as far as is known. */
    boolean isTraining(String pipeline);

    /**
     * Starts one and does not wait for its end.
     *
     * @param failed is told if it ends without success, where that becomes known
     * @return what was started, for people
     * @throws StartException if it can not be started
     */
    String start(String pipeline, java.util.function.Consumer<String> failed) throws StartException;
}
