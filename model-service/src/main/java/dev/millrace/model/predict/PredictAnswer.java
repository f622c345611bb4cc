package dev.millrace.model.predict;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The answer of {@code /predict}. */
public record PredictAnswer(
        @Schema(description = "The model.", examples = "card-fraud")
        String model,

        @Schema(description = "The version that made the predictions.", examples = "1")
        String version,

        @Schema(description = "One prediction an input, in their order.")
        List<Prediction> predictions) {}
