package dev.millrace.model.predict;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The answer of {@code /predict}. */
public record PredictAnswer(
        @Schema(description = "The model.", examples = "card-fraud")
        String model,

        @Schema(description = "The version that made the predictions.", examples = "1")
        String version,

        @Schema(
                description = "As what that version made them: main, the version that the pipeline's alias stands for;"
                        + " canary, for this key; fallback, in place of a model that failed. A prediction of another says so in"
                        + " made_by.",
                enumeration = {"main", "canary", "fallback"})
        String route,

        @JsonProperty("reasons_method")
        @Schema(
                description = "How the reasons were found: tree_shap and linear are exact, each effect is the feature's"
                        + " Shapley value; with single_feature_replacement it is the score, less the score with this feature"
                        + " alone at its training median.",
                enumeration = {"tree_shap", "linear", "single_feature_replacement"})
        String reasonsMethod,

        @JsonProperty("reasons_scale") @Schema(description = "What the effects of the reasons are parts of.")
        ReasonsScale reasonsScale,

        @Schema(description = "One prediction an input, in their order.")
        List<Prediction> predictions)
        implements Answer {}
