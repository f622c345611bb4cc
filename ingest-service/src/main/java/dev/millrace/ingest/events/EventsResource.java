package dev.millrace.ingest.events;

import dev.millrace.ingest.intake.RecordIntake;
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
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Takes events over HTTP. */
@Path("/pipelines/{pipeline}/events")
@Tag(name = "events")
public class EventsResource {
    private final KnownPipelines pipelines;
    private final Reception reception;

    EventsResource(KnownPipelines pipelines, Reception reception) {
        this.pipelines = pipelines;
        this.reception = reception;
    }

    /** Takes the events of a body; answers when the broker has them. */
    @POST
    @Blocking
    @Consumes({
        MediaType.APPLICATION_JSON,
        Reception.NDJSON,
        Reception.JSON_LINES,
        Reception.CLOUD_EVENT,
        Reception.CLOUD_EVENTS
    })
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Send events",
            description =
                    "One JSON object, an array of them, one a line (application/x-ndjson), a CloudEvent or a batch"
                            + " of CloudEvents; also a CloudEvent in binary mode, with ce-* headers. The answer comes when every"
                            + " in-sync replica of the broker has the accepted events. A record that is refused is named in the"
                            + " answer and kept in the pipeline's rejected topic. Sending the same request again is safe: an"
                            + " event's id is its own, or follows from the header Idempotency-Key or else from the body.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            examples =
                                    @ExampleObject(
                                            name = "card transaction",
                                            value = "{\"transaction_id\": \"t-1\", \"tx_datetime\": \"2026-03-01"
                                                    + " 14:30:00\", \"customer_id\": \"c-1\", \"terminal_id\": \"m-9\","
                                                    + " \"tx_amount\": 57.16}")))
    @APIResponse(responseCode = "202", description = "At least one event was accepted, or none was sent.")
    @APIResponse(responseCode = "400", description = "No event was accepted; problem details say why.")
    @APIResponse(responseCode = "404", description = "There is no such pipeline.")
    @APIResponse(responseCode = "413", description = "The body is larger than millrace.http.max-body.")
    @APIResponse(responseCode = "415", description = "The content type is none of those.")
    @APIResponse(responseCode = "429", description = "Too much at once; Retry-After says when to come again.")
    @APIResponse(responseCode = "503", description = "The broker does not answer; Retry-After says when to come again.")
    public Response send(@PathParam("pipeline") String name, @Context HttpHeaders headers, InputStream body) {
        RecordIntake intake = pipelines.intake(name);
        return Response.accepted(reception.receive(intake, "/pipelines/" + name + "/events", headers, body))
                .build();
    }
}
