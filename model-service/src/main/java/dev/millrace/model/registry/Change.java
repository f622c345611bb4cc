package dev.millrace.model.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A change of a model in the registry. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Change(
        @Schema(description = "When.") Instant at,

        @Schema(description = "What was done.") Kind kind,

        @Schema(description = "The alias that was moved; absent where a version was registered.", examples = "champion")
        String alias,

        @Schema(description = "The version that the alias stood for before, if for any.", examples = "1")
        String from,

        @Schema(description = "The version that it stands for since, or that was registered.", examples = "2")
        String to,

        @Schema(description = "Who said that it was them.", examples = "ann")
        String by,

        @Schema(description = "Why, as they said it.", examples = "fewer false alarms")
        String why) {

    /** What can be done to a model. */
    public enum Kind {
        /** A version was registered over HTTP. */
        @JsonProperty("register")
        REGISTER,
        /** A version, or an alias of a new model, was taken from the folder that the service was started with. */
        @JsonProperty("import")
        IMPORT,
        /** An alias was moved to a version. */
        @JsonProperty("promote")
        PROMOTE,
        /** An alias was moved back to the version before. */
        @JsonProperty("rollback")
        ROLLBACK,
        /** An alias was taken away. */
        @JsonProperty("remove")
        REMOVE,
        /** A training was started by the service itself. */
        @JsonProperty("train")
        TRAIN,
        /** A training that the service started itself could not be, or failed. */
        @JsonProperty("train-failed")
        TRAIN_FAILED
    }
}
