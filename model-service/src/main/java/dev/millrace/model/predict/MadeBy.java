package dev.millrace.model.predict;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Which version made a prediction, as what, and how its reasons were found. */
public record MadeBy(
        @Schema(description = "The version.", examples = "2")
        String version,

        @Schema(description = "As what it made it; see the answer's route.", examples = "canary")
        String route,

        @JsonProperty("reasons_method")
        @Schema(description = "How the reasons were found; see the answer's reasons_method.")
        String reasonsMethod,

        @JsonProperty("reasons_scale") @Schema(description = "What the effects of the reasons are parts of.")
        ReasonsScale reasonsScale) {}
