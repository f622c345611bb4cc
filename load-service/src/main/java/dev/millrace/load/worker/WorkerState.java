package dev.millrace.load.worker;

/** What a pipeline's worker is doing, for readiness. */
public sealed interface WorkerState {
    /** It has not reached the warehouse yet. */
    record Starting() implements WorkerState {}

    /** Events are loaded as they come. */
    record Loading() implements WorkerState {}

    /** It has no work here: the pipeline has no sink that this service loads. */
    record Idle() implements WorkerState {}

    /** The warehouse or the broker fails; it tries again by itself. */
    record Waiting(String reason) implements WorkerState {}

    /** The tables can not hold the events; a person has to change the tables or the declaration. */
    record Refused(String reason) implements WorkerState {}

    /** The state in words. */
    default String inWords() {
        if (this instanceof Waiting waiting) {
            return "waiting: " + waiting.reason();
        }
        if (this instanceof Refused refused) {
            return "not loaded: " + refused.reason();
        }
        if (this instanceof Idle) {
            return "has no postgres sink";
        }
        return this instanceof Loading ? "loading" : "starting";
    }
}
