package dev.millrace.ingest.events;

import dev.millrace.ingest.IngestMetrics;
import dev.millrace.ingest.channel.RawChannel;
import dev.millrace.ingest.channel.SendBatch;
import dev.millrace.ingest.intake.Candidate;
import dev.millrace.ingest.intake.EventIntake;
import dev.millrace.ingest.intake.Intake;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
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
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
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
    private static final String NDJSON = "application/x-ndjson";
    private static final String JSON_LINES = "application/jsonl";
    private static final String CLOUD_EVENT = "application/cloudevents+json";
    private static final String CLOUD_EVENTS = "application/cloudevents-batch+json";

    private final KnownPipelines pipelines;
    private final HttpSettings settings;
    private final InFlight inFlight;
    private final RawChannel channel;
    private final IngestMetrics metrics;

    EventsResource(
            KnownPipelines pipelines,
            HttpSettings settings,
            InFlight inFlight,
            RawChannel channel,
            IngestMetrics metrics) {
        this.pipelines = pipelines;
        this.settings = settings;
        this.inFlight = inFlight;
        this.channel = channel;
        this.metrics = metrics;
    }

    /** Takes the events of a body; answers when the broker has them. */
    @POST
    @Blocking
    @Consumes({MediaType.APPLICATION_JSON, NDJSON, JSON_LINES, CLOUD_EVENT, CLOUD_EVENTS})
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
        long start = System.nanoTime();
        EventIntake intake = pipelines.intake(name);
        int limit = (int) Math.min(settings.maxBody().asLongValue(), Integer.MAX_VALUE - 8);
        long announced = announced(headers);
        String encoding = headers.getHeaderString(HttpHeaders.CONTENT_ENCODING);
        long plain = announced < 0 ? limit : Math.min(announced, limit);
        // What is unzipped may take as much as the limit again.
        long room = encoding == null ? plain : plain + limit;
        try (InFlight.Reservation reserved = inFlight.reserve(room)) {
            byte[] bytes = Body.read(body, announced, encoding, limit);
            IntakeReport report = take(intake, bytes, headers);
            metrics.worked(name, Duration.ofNanos(System.nanoTime() - start));
            return Response.accepted(report).build();
        }
    }

    /** How many bytes the body has, or -1; {@link HttpHeaders#getLength()} counts no further than an int. */
    private static long announced(HttpHeaders headers) {
        String length = headers.getHeaderString(HttpHeaders.CONTENT_LENGTH);
        return length == null ? -1 : Long.parseLong(length);
    }

    private IntakeReport take(EventIntake intake, byte[] body, HttpHeaders headers) {
        String name = intake.pipeline().name();
        Origin origin = new Origin(name, body, headers);
        SendBatch batch = new SendBatch(channel, name, settings.brokerPatience());
        Tally tally = new Tally(name);
        try {
            format(headers).split(body, posted -> {
                Intake taken = intake.take(origin.candidate(posted));
                batch.send(taken);
                tally.count(posted.where(), taken);
                // Two bytes of body make a record of hundreds: what is on its way is bounded too.
                if (batch.isFull()) {
                    batch.await();
                }
            });
        } catch (UnreadableBodyException e) {
            throw new ProblemException(Problem.of(
                    400,
                    "malformed-body",
                    "The body can not be read",
                    "Nothing was accepted: " + e.getMessage() + "."));
        }
        batch.await();
        return tally.report();
    }

    private static BodyFormat format(HttpHeaders headers) {
        MediaType said = headers.getMediaType();
        String type = said == null ? MediaType.APPLICATION_JSON : said.getType() + "/" + said.getSubtype();
        return switch (type.toLowerCase(Locale.ROOT)) {
            case NDJSON, JSON_LINES -> new LinesBody();
            case CLOUD_EVENT, CLOUD_EVENTS -> new CloudEventsBody();
            default -> new JsonBody();
        };
    }

    /** What the records of one request have in common. */
    private static final class Origin {
        private final HttpHeaders headers;
        private final byte[] body;
        private final String path;
        private String idSource;
        private long position;

        Origin(String pipeline, byte[] body, HttpHeaders headers) {
            this.headers = headers;
            this.body = body;
            this.path = "/pipelines/" + pipeline + "/events";
        }

        Candidate candidate(Posted posted) {
            long at = position++;
            return new Candidate(
                    posted.json(),
                    posted.id().or(() -> header("ce-id")),
                    posted.source().or(() -> header("ce-source")).orElse(path),
                    posted.type().or(() -> header("ce-type")),
                    () -> EventId.of(idSource(), at),
                    header("traceparent"));
        }

        /** Hashing a body costs; most events have an id of their own. */
        private String idSource() {
            if (idSource == null) {
                idSource = path + " " + header("Idempotency-Key").orElseGet(() -> EventId.ofContent(body));
            }
            return idSource;
        }

        private Optional<String> header(String name) {
            return Optional.ofNullable(headers.getHeaderString(name));
        }
    }
}
