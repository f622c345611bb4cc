package dev.millrace.ingest.events;

import dev.millrace.ingest.IngestMetrics;
import dev.millrace.ingest.channel.RawChannel;
import dev.millrace.ingest.channel.SendBatch;
import dev.millrace.ingest.intake.Candidate;
import dev.millrace.ingest.intake.Intake;
import dev.millrace.ingest.intake.RecordIntake;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Takes the records of a request's body, in memory that is bounded over all requests. Thread-safe. */
@ApplicationScoped
public class Reception {
    static final String NDJSON = "application/x-ndjson";
    static final String JSON_LINES = "application/jsonl";
    static final String CLOUD_EVENT = "application/cloudevents+json";
    static final String CLOUD_EVENTS = "application/cloudevents-batch+json";

    private final HttpSettings settings;
    private final InFlight inFlight;
    private final RawChannel channel;
    private final IngestMetrics metrics;

    Reception(HttpSettings settings, InFlight inFlight, RawChannel channel, IngestMetrics metrics) {
        this.settings = settings;
        this.inFlight = inFlight;
        this.channel = channel;
        this.metrics = metrics;
    }

    /**
     * Takes a body's records and waits until the broker has them.
     *
     * @param path where they were posted to
     * @throws ProblemException if none was accepted, or not all could be stored
     */
    IntakeReport receive(RecordIntake intake, String path, HttpHeaders headers, InputStream body) {
        long start = System.nanoTime();
        int limit = (int) Math.min(settings.maxBody().asLongValue(), Integer.MAX_VALUE - 8);
        long announced = announced(headers);
        String encoding = headers.getHeaderString(HttpHeaders.CONTENT_ENCODING);
        long plain = announced < 0 ? limit : Math.min(announced, limit);
        // What is unzipped may take as much as the limit again.
        long room = encoding == null ? plain : plain + limit;
        try (InFlight.Reservation reserved = inFlight.reserve(room)) {
            byte[] bytes = Body.read(body, announced, encoding, limit);
            IntakeReport report = take(intake, bytes, path, headers);
            metrics.worked(intake.pipeline().name(), Duration.ofNanos(System.nanoTime() - start));
            return report;
        }
    }

    /** How many bytes the body has, or -1; {@link HttpHeaders#getLength()} counts no further than an int. */
    private static long announced(HttpHeaders headers) {
        String length = headers.getHeaderString(HttpHeaders.CONTENT_LENGTH);
        return length == null ? -1 : Long.parseLong(length);
    }

    private IntakeReport take(RecordIntake intake, byte[] body, String path, HttpHeaders headers) {
        Origin origin = new Origin(path, body, headers);
        SendBatch batch = new SendBatch(channel, intake.pipeline().name(), settings.brokerPatience());
        Tally tally = new Tally(intake);
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

        Origin(String path, byte[] body, HttpHeaders headers) {
            this.headers = headers;
            this.body = body;
            this.path = path;
        }

        Candidate candidate(Posted posted) {
            long at = position++;
            return new Candidate(
                    posted.json(),
                    posted.id().or(() -> attribute(posted, "ce-id")),
                    posted.source().or(() -> attribute(posted, "ce-source")).orElse(path),
                    posted.type().or(() -> attribute(posted, "ce-type")),
                    () -> EventId.of(idSource(), at),
                    posted.traceparent()
                            .or(() -> attribute(posted, "ce-traceparent"))
                            .or(() -> header("traceparent")));
        }

        /** Hashing a body costs; most events have an id of their own. */
        private String idSource() {
            if (idSource == null) {
                idSource = path + " " + header("Idempotency-Key").orElseGet(() -> EventId.ofContent(body));
            }
            return idSource;
        }

        /** A CloudEvent in binary mode is the whole body: its id is none of the elements' of an array. */
        private Optional<String> attribute(Posted posted, String name) {
            return posted.where().isEmpty() ? header(name) : Optional.empty();
        }

        private Optional<String> header(String name) {
            return Optional.ofNullable(headers.getHeaderString(name));
        }
    }
}
