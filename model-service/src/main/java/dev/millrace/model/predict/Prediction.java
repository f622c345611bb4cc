package dev.millrace.model.predict;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a model says of one input. */
public record Prediction(
        @Schema(
                description = "The model's score; for a classifier, the probability of the positive label.",
                examples = "0.93")
        double score,

        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Schema(
                description =
                        "The label of that score; absent if the version has no labels, or a declared score was answered and"
                                + " no version is there.",
                examples = "fraud")
        String label,

        @Schema(description = "The features with the greatest effect on the score, the greatest first.")
        List<Reason> reasons,

        @JsonProperty("features_as_of")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Schema(
                description =
                        "When the newest event or label was accepted that the input's live features hold, of several"
                                + " windows the oldest such time; there only where the model takes live features and something was"
                                + " counted.",
                implementation = Instant.class,
                examples = "2026-03-01T03:12:00.041Z")
        Optional<Instant> featuresAsOf,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Schema(
                description =
                        "What the model was given, where features was true in the request; for a missing value it takes"
                                + " the feature's reference value.",
                implementation = Map.class)
        Optional<Map<String, Object>> features,

        @JsonProperty("made_by")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Schema(
                description =
                        "Who made it, where that is another version than the answer's own: of several inputs some may"
                                + " be the canary's.",
                implementation = MadeBy.class)
        Optional<MadeBy> madeBy) {

    /** This prediction, with word of who made it. */
    Prediction by(MadeBy other) {
        return new Prediction(score, label, reasons, featuresAsOf, features, Optional.of(other));
    }

    /** A feature's part in a score. */
    public record Reason(
            @Schema(description = "The feature.", examples = "tx_amount")
            String feature,

            @Schema(
                    description =
                            "What the feature adds to the score, as reasons_method and reasons_scale say; below zero"
                                    + " where it lowers it.",
                    examples = "0.81")
            double effect,

            @JsonInclude(JsonInclude.Include.NON_EMPTY)
            @Schema(
                    description = "What the pipeline's author calls this reason, if anything.",
                    implementation = String.class,
                    examples = "the amount is unusually high")
            Optional<String> text) {}
}
