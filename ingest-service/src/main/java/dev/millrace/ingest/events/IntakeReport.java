package dev.millrace.ingest.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.millrace.service.problem.Problem;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What became of a request's records. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record IntakeReport(
        @Schema(description = "The pipeline.", examples = "card-fraud")
        String pipeline,

        @Schema(description = "How many events, or labels, the broker has.", examples = "998")
        long accepted,

        @Schema(
                description = "How many records were refused; each is in the pipeline's rejected topic.",
                examples = "2")
        long refused,

        @Schema(description = "What was wrong with the refused records, the first hundred mistakes.")
        List<Problem.Entry> violations) {}
