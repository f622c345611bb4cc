package dev.millrace.model.predict;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The answer of {@code /predict} of a model that recommends. */
public record RecommendAnswer(
        @Schema(description = "The model.", examples = "recommend")
        String model,

        @Schema(description = "The version that made the lists.", examples = "1")
        String version,

        @Schema(
                description = "As what that version made them: main, canary or fallback. A list of another says so in"
                        + " made_by.",
                enumeration = {"main", "canary", "fallback"})
        String route,

        @Schema(description = "One list an input, in their order.")
        List<Recommendation> predictions)
        implements Answer {}
