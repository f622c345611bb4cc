package dev.millrace.model.predict;

import dev.millrace.model.inference.Batching;
import dev.millrace.model.inference.BusyException;
import dev.millrace.model.inference.Deadline;
import dev.millrace.model.inference.LateException;
import dev.millrace.model.inference.Runner;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Answers predictions over HTTP. */
@Path("/predict")
@Tag(name = "predict")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class PredictResource {
    private static final String DESCRIPTION =
            "Inputs are events as the pipeline of the model declares them; only the fields that the model's features"
                    + " come from have to be there. They are completed as in the stream: fields are derived, rows looked up,"
                    + " and windows asked for what they hold now, this event included; nothing is counted. A field that a"
                    + " step would add may be sent as well, and holds then. Reasons are"
                    + " the features with the greatest effect; reasons_method says how they were found, and reasons: false"
                    + " leaves them out. Of a model that"
                    + " recommends, an input names a user or an item, and perhaps k, exclude_seen and where; the answer is a"
                    + " list of items, each with the item of the user's history that it is because of.";

    private final Answers answers;
    private final Recommendations recommendations;
    private final Asked asked;
    private final PredictSettings settings;
    private final Batching batching;
    private final Turns turns;

    PredictResource(
            Answers answers,
            Recommendations recommendations,
            Asked asked,
            PredictSettings settings,
            Batching batching,
            Turns turns) {
        this.answers = answers;
        this.recommendations = recommendations;
        this.asked = asked;
        this.settings = settings;
        this.batching = batching;
        this.turns = turns;
    }

    /** Predicts with the model that the body names. */
    @POST
    @Blocking
    @Operation(summary = "Predict", description = DESCRIPTION)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            schema =
                                    @Schema(
                                            type =
                                                    org.eclipse.microprofile.openapi.annotations.enums.SchemaType
                                                            .OBJECT),
                            examples =
                                    @ExampleObject(
                                            name = "one card transaction",
                                            value = "{\"model\": \"card-fraud\", \"inputs\": [{\"transaction_id\":"
                                                    + " \"t-1\", \"tx_datetime\": \"2026-03-01 03:12:00\","
                                                    + " \"customer_id\": \"17\", \"terminal_id\": \"42\","
                                                    + " \"tx_amount\": 310.0}]}")))
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Answer.class)),
            description = "A prediction, or a list, for each input.")
    @APIResponse(responseCode = "400", description = "The request is not valid; problem details name each mistake.")
    @APIResponse(responseCode = "404", description = "There is no such model.")
    @APIResponse(responseCode = "413", description = "The body is larger than millrace.predict.max-body.")
    @APIResponse(
            responseCode = "503",
            description =
                    "Too many requests at once, the request's time is over, the model's pipeline is starting, or its live"
                            + " features are not there yet.")
    public Answer predict(
            @HeaderParam(Deadline.HEADER) String timeout, @Context RoutingContext context, InputStream body) {
        return answer(Optional.empty(), context, deadline(timeout, context), body);
    }

    /** Predicts with the model that the path names. */
    @POST
    @Path("/{model}")
    @Blocking
    @Operation(summary = "Predict with a model", description = DESCRIPTION)
    @APIResponse(responseCode = "200", description = "A prediction, or a list, for each input.")
    @APIResponse(responseCode = "400", description = "The request is not valid; problem details name each mistake.")
    @APIResponse(responseCode = "404", description = "There is no such model.")
    @APIResponse(responseCode = "413", description = "The body is larger than millrace.predict.max-body.")
    @APIResponse(
            responseCode = "503",
            description =
                    "Too many requests at once, the request's time is over, the model's pipeline is starting, or its live"
                            + " features are not there yet.")
    public Answer predictWith(
            @PathParam("model") String model,
            @HeaderParam(Deadline.HEADER) String timeout,
            @Context RoutingContext context,
            InputStream body) {
        return answer(Optional.of(model), context, deadline(timeout, context), body);
    }

    private Answer answer(Optional<String> named, RoutingContext context, Deadline deadline, InputStream body) {
        try {
            PredictRequest request = ShortWay.read(context)
                    .orElseGet(() -> PredictRequest.read(read(context, body), settings.maxInputs()));
            Pipeline pipeline = asked.pipeline(named, request);
            ModelReference reference = pipeline.declaration().spec().model().orElseThrow();
            Runner runner = batching.until(deadline);
            return reference.scores()
                    ? answers.of(pipeline, reference, request, runner)
                    : turns.take(deadline, () -> recommendations.of(pipeline, reference, request, runner));
        } catch (BusyException | LateException e) {
            throw Answers.notInTime(e);
        }
    }

    private Deadline deadline(String timeout, RoutingContext context) {
        requirePlain(context);
        return asked.deadline(timeout, context);
    }

    private static void requirePlain(RoutingContext context) {
        String encoding = context.request().getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new ProblemException(Problem.of(
                    415, "encoding", "Unsupported encoding", "Send the body plain, without Content-Encoding."));
        }
    }

    private byte[] read(RoutingContext context, InputStream body) {
        int limit = (int) settings.maxBody().asLongValue();
        try {
            Buffer there = context.body().buffer();
            byte[] bytes = there == null ? body.readNBytes(limit + 1) : there.getBytes();
            if (bytes.length > limit) {
                throw new ProblemException(Problem.of(
                        413,
                        "body-too-large",
                        "The body is too large",
                        "A body may have " + limit + " bytes (millrace.predict.max-body). Send fewer inputs at once."));
            }
            return bytes;
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(400, "body", "The body can not be read", "It ended early: " + e.getMessage() + "."));
        }
    }
}
