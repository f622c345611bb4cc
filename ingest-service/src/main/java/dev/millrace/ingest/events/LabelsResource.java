package dev.millrace.ingest.events;

import dev.millrace.ingest.intake.LabelIntake;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Takes labels over HTTP. */
@Path("/pipelines/{pipeline}/labels/{labels}")
@Tag(name = "labels")
public class LabelsResource {
    private final KnownPipelines pipelines;
    private final Reception reception;

    LabelsResource(KnownPipelines pipelines, Reception reception) {
        this.pipelines = pipelines;
        this.reception = reception;
    }

    /** Takes the labels of a body; answers when the broker has them. */
    @POST
    @Blocking
    @Consumes({MediaType.APPLICATION_JSON, Reception.NDJSON, Reception.JSON_LINES})
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Send labels",
            description = "What events turned out to be: one JSON object, an array of them, or one a line"
                    + " (application/x-ndjson). Each has the event's id in the field that event.id names, and in `label`"
                    + " a number, true or false; more members are kept. The event need not have come yet; of several"
                    + " labels for one event the last holds. The answer comes when every in-sync replica of the broker"
                    + " has the accepted labels. A record that is refused is named in the answer and kept in the"
                    + " pipeline's rejected topic. Sending the same request again is safe.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            examples =
                                    @ExampleObject(
                                            name = "chargeback",
                                            value = "{\"transaction_id\": \"t-1\", \"label\": true}")))
    @APIResponse(responseCode = "202", description = "At least one label was accepted, or none was sent.")
    @APIResponse(responseCode = "400", description = "No label was accepted; problem details say why.")
    @APIResponse(responseCode = "404", description = "There is no such pipeline, or it has no such labels.")
    @APIResponse(responseCode = "413", description = "The body is larger than millrace.http.max-body.")
    @APIResponse(responseCode = "415", description = "The content type is none of those.")
    @APIResponse(responseCode = "429", description = "Too much at once; Retry-After says when to come again.")
    @APIResponse(responseCode = "503", description = "The broker does not answer; Retry-After says when to come again.")
    public Response send(
            @PathParam("pipeline") String pipeline,
            @Parameter(description = "The labels' name in spec.labels.", example = "chargebacks") @PathParam("labels")
                    String labels,
            @Context HttpHeaders headers,
            InputStream body) {
        LabelIntake intake = pipelines.labels(pipeline, labels);
        String path = "/pipelines/" + pipeline + "/labels/" + labels;
        return Response.accepted(reception.receive(intake, path, headers, body)).build();
    }
}
