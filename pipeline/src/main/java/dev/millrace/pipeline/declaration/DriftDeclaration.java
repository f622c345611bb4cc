package dev.millrace.pipeline.declaration;

import java.time.Duration;
import java.util.Optional;

/** When a training is started because what the model is given is no longer what it was trained on. */
public record DriftDeclaration(
        @Doc(
                value = "From which population stability index on, of any feature or of the scores. Above 0.1 is some"
                        + " drift, above 0.25 much. Default: 0.25.",
                example = "\"0.25\"",
                pattern = "[0-9]{1,6}(\\.[0-9]{1,6})?")
        Optional<String> psi,

        @Doc(
                value = "How long after a training that was started so the next one is, at the earliest. Default: 7d.",
                example = "7d",
                pattern = TrainingDeclaration.DAYS)
        Optional<String> cooldown) {

    /** The population stability index from which on a training is started. */
    public double effectivePsi() {
        return psi.map(Double::valueOf).orElse(0.25);
    }

    /** How long to wait after the one before. */
    public Duration effectiveCooldown() {
        return Duration.ofDays(TrainingDeclaration.days(cooldown, 7));
    }
}
