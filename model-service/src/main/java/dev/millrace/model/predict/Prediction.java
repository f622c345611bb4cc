package dev.millrace.model.predict;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a model says of one input. */
public record Prediction(
        @Schema(
                description = "The model's score; for a classifier, the probability of the positive label.",
                examples = "0.93")
        double score,

        @Schema(description = "The label of that score.", examples = "fraud")
        String label,

        @Schema(description = "The features with the greatest effect on the score, the greatest first.")
        List<Reason> reasons) {

    /** A feature's part in a score. */
    public record Reason(
            @Schema(description = "The feature.", examples = "tx_amount")
            String feature,

            @Schema(
                    description = "The score, less the score with this feature alone at its training median.",
                    examples = "0.81")
            double effect) {}
}
