package dev.millrace.pipeline.declaration;

import java.util.Map;
import java.util.Optional;

/** The model of a pipeline: one that scores its clean events or, with {@code recommend}, one that recommends items. */
public record ModelReference(
        @Doc(
                value = "The model's name in the registry.",
                example = "card-fraud",
                pattern = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
        String name,

        @Doc(
                value = "Which version: an alias that can be moved. Default: champion.",
                example = "champion",
                pattern = ALIAS)
        Optional<String> alias,

        @Doc(
                value = "Another version that answers for some of the keys instead.",
                example = "{ alias: challenger, percent: 10, by: customer_id }")
        Optional<Canary> canary,

        @Doc(
                value =
                        "Another version that predicts the same; its scores or lists are compared and kept, never answered.",
                example = "{ alias: challenger }")
        Optional<Shadow> shadow,

        @Doc(
                value =
                        "What answers while the model fails, or has no version that can be used. Without it, events of the"
                                + " stream wait and /predict answers 503.",
                example = "{ score: 0.0 }")
        Optional<FallbackDeclaration> fallback,

        @Doc(
                value =
                        "What the reasons of a prediction are called, by the model's features: in the answers of /predict,"
                                + " beside the feature.",
                example = "{ tx_amount: { raises: \"the amount is unusual\" } }",
                keys = EventDeclaration.FIELD_NAME)
        Map<String, ReasonDeclaration> reasons,

        @Doc(
                value = "Makes it a model that recommends items in place of one that scores events.",
                example = "{ history: history, attributes: [title, category, price] }")
        Optional<RecommendDeclaration> recommend,

        @Doc("How its versions are trained.") Optional<TrainingDeclaration> training) {

    /** The alias that stands for the version in use, where none is declared. */
    public static final String CHAMPION = "champion";

    /** What an alias may be called. */
    static final String ALIAS = "[a-z][-a-z0-9]{0,62}";

    /** A model without any traffic but its own. */
    public ModelReference(String name, Optional<String> alias) {
        this(
                name,
                alias,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Optional.empty());
    }

    /** Whether it scores events, and does not recommend. */
    public boolean scores() {
        return recommend.isEmpty();
    }

    /** The alias to score with. */
    public String effectiveAlias() {
        return alias.orElse(CHAMPION);
    }

    /** How its versions are trained, whether it was declared or not. */
    public TrainingDeclaration effectiveTraining() {
        return training.orElse(TrainingDeclaration.DEFAULT);
    }

    /** A version that answers for some keys. */
    public record Canary(
            @Doc(value = "The alias of that version.", example = "challenger", pattern = ALIAS)
            String alias,

            @Doc(value = "For how many of a hundred keys, from 0 to 100.", example = "10")
            int percent,

            @Doc(
                    value = "The field whose value decides, always the same way: a customer stays where they are, also"
                            + " when the share grows. Default: the event's key. An event without a value goes to the"
                            + " model itself.",
                    example = "customer_id")
            Optional<String> by) {}

    /** A version that is compared. */
    public record Shadow(
            @Doc(value = "The alias of that version.", example = "challenger", pattern = ALIAS)
            String alias) {}
}
