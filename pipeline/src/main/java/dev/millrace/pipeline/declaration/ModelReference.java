package dev.millrace.pipeline.declaration;

import java.util.Map;
import java.util.Optional;

/** The model that scores a pipeline's clean events. */
public record ModelReference(
        @Doc(
                value = "The model's name in the registry.",
                example = "card-fraud",
                pattern = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
        String name,

        @Doc(
                value =
                        "What the reasons of a prediction are called, by the model's features: in the answers of /predict,"
                                + " beside the feature.",
                example = "{ tx_amount: { raises: \"the amount is unusual\" } }",
                keys = EventDeclaration.FIELD_NAME)
        Map<String, ReasonDeclaration> reasons,

        @Doc(
                value = "Which version: an alias that can be moved. Default: champion.",
                example = "champion",
                pattern = "[a-z][-a-z0-9]{0,62}")
        Optional<String> alias,

        @Doc("How its versions are trained.") Optional<TrainingDeclaration> training) {

    /** The alias that stands for the version in use, where none is declared. */
    public static final String CHAMPION = "champion";

    /** The alias to score with. */
    public String effectiveAlias() {
        return alias.orElse(CHAMPION);
    }

    /** How its versions are trained, whether it was declared or not. */
    public TrainingDeclaration effectiveTraining() {
        return training.orElse(TrainingDeclaration.DEFAULT);
    }
}
