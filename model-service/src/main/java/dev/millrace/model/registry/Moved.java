package dev.millrace.model.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The answer to a promotion or a rollback. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Moved(
        @Schema(description = "The model.", examples = "card-fraud")
        String model,

        @Schema(description = "The alias.", examples = "champion")
        String alias,

        @Schema(description = "The version that it stood for before; absent if for none.", examples = "1")
        String from,

        @Schema(description = "The version that it stands for now; absent if for none.", examples = "2")
        String version,

        @Schema(description = "False if it stood for that version already.")
        boolean changed) {}
