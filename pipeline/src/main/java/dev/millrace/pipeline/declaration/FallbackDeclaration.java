package dev.millrace.pipeline.declaration;

/** What answers while a model can not; one key says which kind. */
public sealed interface FallbackDeclaration {
    /** Another version. */
    @Doc("The version that this alias stands for.")
    record Alias(
            @Inline @Doc(value = "The alias.", example = "fallback", pattern = ModelReference.ALIAS)
            String alias) implements FallbackDeclaration {}

    /** A score for everybody. */
    @Doc("This score, with the label that the model's threshold gives it.")
    record Score(
            @Inline @Doc(value = "The score.", example = "0.0")
            double score) implements FallbackDeclaration {}
}
