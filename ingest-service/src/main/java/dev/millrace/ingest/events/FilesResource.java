package dev.millrace.ingest.events;

import dev.millrace.ingest.IngestMetrics;
import dev.millrace.ingest.channel.RawChannel;
import dev.millrace.ingest.channel.SendBatch;
import dev.millrace.ingest.intake.Candidate;
import dev.millrace.ingest.intake.EventIntake;
import dev.millrace.ingest.intake.Intake;
import dev.millrace.pipeline.declaration.SourceDeclaration.FileFormat;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.service.file.FileRecord;
import dev.millrace.service.file.RecordReader;
import dev.millrace.service.file.UnreadableFileException;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Takes whole files over HTTP, of any size, in bounded memory. */
@Path("/pipelines/{pipeline}/files")
@Tag(name = "files")
public class FilesResource {
    private final KnownPipelines pipelines;
    private final HttpSettings settings;
    private final InFlight inFlight;
    private final RawChannel channel;
    private final IngestMetrics metrics;

    FilesResource(
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

    /** Takes the events of a file; answers when the broker has them. */
    @POST
    @Blocking
    @Consumes({
        "text/csv",
        "application/x-ndjson",
        "application/jsonl",
        "application/gzip",
        MediaType.APPLICATION_OCTET_STREAM
    })
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Send a file of events",
            description = "CSV with a header row or NDJSON, plain or gzip, streamed, of any size. The answer comes when"
                    + " every in-sync replica of the broker has the accepted events. If the file can not be read to its"
                    + " end, the answer says after which record; what was accepted until then stays. Sending the same"
                    + " file again is safe.")
    @APIResponse(responseCode = "202", description = "The file was read to its end.")
    @APIResponse(responseCode = "400", description = "The file could not be read to its end, or nothing was accepted.")
    @APIResponse(responseCode = "404", description = "There is no such pipeline.")
    @APIResponse(responseCode = "429", description = "Too much at once; Retry-After says when to come again.")
    @APIResponse(responseCode = "503", description = "The broker does not answer; Retry-After says when to come again.")
    public Response send(
            @PathParam("pipeline") String pipeline,
            @Parameter(description = "The file's name: says the format, and is part of the ids of records without one.")
                    @QueryParam("name")
                    Optional<String> name,
            @Parameter(description = "csv or ndjson; default: what the name or the content type says.")
                    @QueryParam("format")
                    Optional<String> format,
            @Parameter(description = "Stands for the name in the ids of records without one.")
                    @HeaderParam("Idempotency-Key")
                    Optional<String> idempotencyKey,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType,
            InputStream body) {
        long start = System.nanoTime();
        EventIntake intake = pipelines.intake(pipeline);
        FileFormat fileFormat = format(format, name, contentType);
        String source = "/pipelines/" + pipeline + "/files/" + name.orElse("");
        try (InFlight.Reservation reserved = inFlight.reserve(SendBatch.MAX_BYTES)) {
            IntakeReport report = take(intake, body, fileFormat, source, idempotencyKey.orElse(source));
            metrics.worked(pipeline, Duration.ofNanos(System.nanoTime() - start));
            return Response.accepted(report).build();
        }
    }

    private IntakeReport take(EventIntake intake, InputStream body, FileFormat format, String source, String idSource) {
        String pipeline = intake.pipeline().name();
        SendBatch batch = new SendBatch(channel, pipeline, settings.brokerPatience());
        Tally tally = new Tally(intake);
        long number = 0;
        try (RecordReader reader = RecordReader.open(body, format, intake.schema())) {
            Optional<FileRecord> next = reader.next();
            while (next.isPresent()) {
                Intake taken = take(intake, next.get(), source, idSource, ++number);
                batch.send(taken);
                tally.count(next.get().where(), taken);
                if (batch.isFull()) {
                    batch.await();
                }
                next = reader.next();
            }
        } catch (UnreadableFileException e) {
            batch.await();
            throw new ProblemException(Problem.of(
                    400,
                    "unreadable-file",
                    "The file can not be read to its end",
                    e.getMessage() + ". " + tally.accepted() + " events before that were accepted and stay."));
        }
        batch.await();
        return tally.report();
    }

    private static Intake take(EventIntake intake, FileRecord record, String source, String idSource, long number) {
        String at = source + "#" + record.where().replace(' ', '-');
        if (record instanceof FileRecord.Broken broken) {
            return intake.refuse(broken.original(), broken.violation(), id(idSource, broken.original(), number), at);
        }
        if (record instanceof FileRecord.TooLarge large) {
            return intake.tooLarge(large.beginning(), id(idSource, large.beginning(), number), at);
        }
        byte[] json = ((FileRecord.Readable) record).json();
        return intake.take(new Candidate(
                json, Optional.empty(), at, Optional.empty(), () -> id(idSource, json, number), Optional.empty()));
    }

    /** Two files may come under one name, so the record's content is part of its id. */
    private static String id(String idSource, byte[] record, long number) {
        return EventId.of(idSource + " " + EventId.ofContent(record), number);
    }

    private static FileFormat format(Optional<String> format, Optional<String> name, String contentType) {
        if (format.isPresent()) {
            return switch (format.get().toLowerCase(Locale.ROOT)) {
                case "csv" -> FileFormat.CSV;
                case "ndjson", "jsonl" -> FileFormat.NDJSON;
                default ->
                    throw new ProblemException(Problem.of(
                            400, "format", "Unknown format", "format is csv or ndjson, not '" + format.get() + "'."));
            };
        }
        String type = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
        Optional<FileFormat> said = type.startsWith("text/csv")
                ? Optional.of(FileFormat.CSV)
                : type.contains("jsonl") || type.contains("ndjson")
                        ? Optional.of(FileFormat.NDJSON)
                        : name.flatMap(FileFormat::ofName);
        return said.orElseThrow(() -> new ProblemException(Problem.of(
                400,
                "format",
                "Unknown format",
                "Say how the file is written: ?format=csv, ?name=file.csv.gz, or Content-Type: text/csv.")));
    }
}
