package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Row;

/** Hears how far each event comes through the steps of a transform, and what it is there. */
@FunctionalInterface
public interface StepListener {
    /** Hears nothing. */
    StepListener NONE = (place, row) -> {};

    /**
     * An event has come to a step.
     *
     * @param place the step's place, from 0; behind the last declared step, how many there are
     * @param row the event as it comes to the step
     */
    void reached(int place, Row row);
}
