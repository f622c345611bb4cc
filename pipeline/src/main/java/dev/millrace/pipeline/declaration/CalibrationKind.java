package dev.millrace.pipeline.declaration;

/** How a model's margins become scores. */
public enum CalibrationKind {
    @Doc("The logistic function of a line: two numbers, so that few positives are enough, and no two scores become one."
            + " Reasons stay exact.")
    PLATT,
    @Doc("Any rising curve, of straight pieces: nearer to the shares where they are no logistic function, and it wants"
            + " some hundreds of positives. Reasons are found by replacing features.")
    ISOTONIC
}
