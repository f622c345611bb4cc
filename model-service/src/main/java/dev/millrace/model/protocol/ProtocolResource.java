package dev.millrace.model.protocol;

import dev.millrace.model.inference.Deadline;
import dev.millrace.model.inference.Tensor;
import dev.millrace.model.inference.TensorSpec;
import dev.millrace.model.predict.Admission;
import dev.millrace.model.predict.PredictSettings;
import dev.millrace.model.registry.Model;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.health.SmallRyeHealthReporter;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The Open Inference Protocol V2 over HTTP, with its extension for binary tensor data. */
@Path("/v2")
@Tag(name = "open inference protocol")
@Produces(MediaType.APPLICATION_JSON)
public class ProtocolResource {
    private static final String JSON_LENGTH = "Inference-Header-Content-Length";
    private static final String ROUTE = "v2";
    private static final String EXAMPLE = "{\"inputs\": [{\"name\": \"features\", \"shape\": [1, 5], \"datatype\":"
            + " \"FP32\", \"data\": [310.0, 0, 1, 5.7, 3]}]}";

    private final Inference inference;
    private final ProtocolSettings settings;
    private final PredictSettings predict;
    private final SmallRyeHealthReporter health;
    private final ServerName server;

    ProtocolResource(
            Inference inference,
            ProtocolSettings settings,
            PredictSettings predict,
            SmallRyeHealthReporter health,
            ServerName server) {
        this.inference = inference;
        this.settings = settings;
        this.predict = predict;
        this.health = health;
        this.server = server;
    }

    /** Whether the server answers. */
    @GET
    @Path("/health/live")
    @Operation(summary = "Whether the server answers")
    public Map<String, Boolean> live() {
        return Map.of("live", true);
    }

    /** Whether the server is ready. */
    @GET
    @Path("/health/ready")
    @Blocking
    @Operation(summary = "Whether the server is ready", description = "As /q/health/ready says.")
    @APIResponse(responseCode = "200", description = "It is.")
    @APIResponse(responseCode = "503", description = "It is not; /q/health/ready says why.")
    public Response ready() {
        boolean ready = !health.getReadiness().isDown();
        return Response.status(ready ? 200 : 503).entity(Map.of("ready", ready)).build();
    }

    /** What the server is. */
    @GET
    @Operation(summary = "The server's name, version and extensions")
    public ServerMetadata server() {
        return new ServerMetadata(server.name(), server.version(), ServerName.EXTENSIONS);
    }

    /** The champion's inputs and outputs. */
    @GET
    @Path("/models/{model}")
    @Blocking
    @Operation(summary = "The inputs and outputs of a model's champion")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ModelMetadata.class)),
            description = "What its graph takes and gives.")
    @APIResponse(responseCode = "404", description = "There is no such model.")
    @APIResponse(responseCode = "503", description = "The model has no version that can be used now.")
    public ModelMetadata model(@PathParam("model") String model) {
        return metadata(model, Optional.empty());
    }

    /** A version's inputs and outputs. */
    @GET
    @Path("/models/{model}/versions/{version}")
    @Blocking
    @Operation(summary = "The inputs and outputs of a model's version")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ModelMetadata.class)),
            description = "What its graph takes and gives.")
    @APIResponse(responseCode = "404", description = "There is no such model or version.")
    @APIResponse(responseCode = "503", description = "The version can not be used now.")
    public ModelMetadata version(@PathParam("model") String model, @PathParam("version") String version) {
        return metadata(model, Optional.of(version));
    }

    /** Whether a model's champion can be used. */
    @GET
    @Path("/models/{model}/ready")
    @Blocking
    @Operation(summary = "Whether a model's champion can be used")
    @APIResponse(responseCode = "200", description = "It can.")
    @APIResponse(responseCode = "404", description = "There is no such model.")
    @APIResponse(responseCode = "503", description = "It can not.")
    public ModelReadiness modelReady(@PathParam("model") String model) {
        return inference.with(model, Optional.empty(), found -> new ModelReadiness(model, true));
    }

    /** Whether a model's version can be used. */
    @GET
    @Path("/models/{model}/versions/{version}/ready")
    @Blocking
    @Operation(summary = "Whether a model's version can be used")
    @APIResponse(responseCode = "200", description = "It can.")
    @APIResponse(responseCode = "404", description = "There is no such model or version.")
    @APIResponse(responseCode = "503", description = "It can not.")
    public ModelReadiness versionReady(@PathParam("model") String model, @PathParam("version") String version) {
        return inference.with(model, Optional.of(version), found -> new ModelReadiness(model, true));
    }

    /** Runs a model's champion. */
    @POST
    @Path("/models/{model}/infer")
    @Blocking
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Run a model",
            description =
                    "The version that the rules of the pipeline which uses the model say, canary and fallback among"
                            + " them; the champion, where none uses it. The parameter key names whose request it is.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            examples = @ExampleObject(name = "one row of five features", value = EXAMPLE)))
    @APIResponse(responseCode = "200", description = "The outputs that were asked for.")
    @APIResponse(responseCode = "400", description = "The request does not fit the model's inputs and outputs.")
    @APIResponse(responseCode = "404", description = "There is no such model.")
    @APIResponse(responseCode = "413", description = "The body is larger than millrace.protocol.max-body.")
    @APIResponse(
            responseCode = "503",
            description =
                    "Too many requests wait for the model, the request's time is over, or no version can be used.")
    public Response infer(
            @PathParam("model") String model,
            @HeaderParam(JSON_LENGTH) String jsonLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) String encoding,
            @HeaderParam(Deadline.HEADER) String timeout,
            @Context RoutingContext context,
            InputStream body) {
        return infer(model, Optional.empty(), jsonLength, encoding, deadline(timeout, context), body);
    }

    /** Runs a model's version. */
    @POST
    @Path("/models/{model}/versions/{version}/infer")
    @Blocking
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Run a model's version")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            examples = @ExampleObject(name = "one row of five features", value = EXAMPLE)))
    @APIResponse(responseCode = "200", description = "The outputs that were asked for.")
    @APIResponse(responseCode = "400", description = "The request does not fit the model's inputs and outputs.")
    @APIResponse(responseCode = "404", description = "There is no such model or version.")
    @APIResponse(responseCode = "413", description = "The body is larger than millrace.protocol.max-body.")
    @APIResponse(
            responseCode = "503",
            description = "Too many requests wait for the model, the request's time is over, or it can not be used.")
    public Response inferVersion(
            @PathParam("model") String model,
            @PathParam("version") String version,
            @HeaderParam(JSON_LENGTH) String jsonLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) String encoding,
            @HeaderParam(Deadline.HEADER) String timeout,
            @Context RoutingContext context,
            InputStream body) {
        return infer(model, Optional.of(version), jsonLength, encoding, deadline(timeout, context), body);
    }

    private ModelMetadata metadata(String name, Optional<String> version) {
        return inference.with(name, version, model -> ModelMetadata.of(model, inference.versions(name)));
    }

    private Response infer(
            String name,
            Optional<String> version,
            String jsonLength,
            String encoding,
            Deadline deadline,
            InputStream body) {
        byte[] bytes = RequestBytes.read(body, Optional.ofNullable(encoding), (int)
                Math.min(Integer.MAX_VALUE - 8, settings.maxBody().asLongValue()));
        RequestReader reader = new RequestReader(bytes, length(jsonLength));
        return inference.answer(name, version, reader::place, turn -> {
            InferRequest request = reader.read(turn.model());
            Map<String, Tensor> outputs = inference.infer(
                    turn, request.inputs(), request.wanted(), deadline.orSooner(request.timeoutMicros()), ROUTE);
            Classification.apply(
                    outputs, request.classes(), turn.model().graph().takesRows());
            AnswerWriter.Body answer = AnswerWriter.write(turn.model().description(), request, outputs);
            Response.ResponseBuilder response = Response.ok(answer.bytes())
                    .type(
                            answer.jsonLength().isPresent()
                                    ? MediaType.APPLICATION_OCTET_STREAM
                                    : MediaType.APPLICATION_JSON);
            answer.jsonLength().ifPresent(length -> response.header(JSON_LENGTH, length));
            return response.build();
        });
    }

    private Deadline deadline(String timeout, RoutingContext context) {
        try {
            return Deadline.of(Optional.ofNullable(timeout), predict.timeout(), Admission.arrivedNanos(context));
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(e.getMessage());
        }
    }

    private static OptionalInt length(String jsonLength) {
        if (jsonLength == null) {
            return OptionalInt.empty();
        }
        try {
            int length = Integer.parseInt(jsonLength.trim());
            if (length >= 0) {
                return OptionalInt.of(length);
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw Refusal.invalid(
                JSON_LENGTH + " is " + Quoted.of(jsonLength) + ", and has to be the number of the JSON's bytes");
    }

    /** What the server is. */
    public record ServerMetadata(String name, String version, List<String> extensions) {}

    /** Whether a model can be used. */
    public record ModelReadiness(String name, boolean ready) {}

    /** What a model takes and gives. */
    public record ModelMetadata(
            String name,
            List<String> versions,
            String platform,
            List<TensorMetadata> inputs,
            List<TensorMetadata> outputs) {
        static ModelMetadata of(Model model, List<String> versions) {
            return new ModelMetadata(
                    model.description().name(),
                    versions,
                    ServerName.PLATFORM,
                    model.graph().inputs().stream().map(TensorMetadata::of).toList(),
                    model.graph().outputs().stream().map(TensorMetadata::of).toList());
        }
    }

    /** What a tensor is. */
    public record TensorMetadata(
            String name,
            String datatype,

            @Schema(description = "Its dimensions, -1 for any.")
            List<Long> shape) {
        static TensorMetadata of(TensorSpec spec) {
            return new TensorMetadata(spec.name(), spec.type().name(), spec.shape());
        }
    }
}
