package dev.millrace.pipeline.declaration;

import java.util.Optional;

/** What is said of a feature as a reason of a score. */
public record ReasonDeclaration(
        @Doc(value = "Where the feature raises the score.", example = "the amount is unusually high")
        Optional<String> raises,

        @Doc(value = "Where the feature lowers the score.", example = "the amount is as usual")
        Optional<String> lowers) {
    /** The text for an effect of that sign, if there is one. */
    public Optional<String> of(double effect) {
        return effect > 0 ? raises : lowers;
    }
}
