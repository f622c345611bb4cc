package dev.millrace.model.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.service.problem.Problem;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.server.multipart.FormValue;
import org.jboss.resteasy.reactive.server.multipart.MultipartFormDataInput;

/** The registry over HTTP. */
@Path("/models")
@Tag(name = "registry")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class RegistryResource {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What is shown of each version where many are listed. */
    private static final List<String> IN_SHORT = List.of("version", "createdAt", "training", "trainedOn", "metrics");

    private static final int LONGEST_HISTORY = 1000;

    private final Models models;
    private final Registrar registrar;
    private final ChangeAccess access;

    RegistryResource(Models models, Registrar registrar, ChangeAccess access) {
        this.models = models;
        this.registrar = registrar;
        this.access = access;
    }

    /** Every model. */
    @GET
    @Operation(summary = "List the models", description = "As this replica knows them.")
    public List<Known> list() {
        return models.names().stream()
                .map(name -> new Known(name, new TreeMap<>(models.aliases(name)), models.versions(name)))
                .toList();
    }

    /** A model as it stands in the list. */
    public record Known(
            @Schema(description = "The model.", examples = "card-fraud")
            String model,

            @Schema(description = "The version that each alias stands for.", examples = "{\"champion\": \"1\"}")
            Map<String, String> aliases,

            @Schema(description = "Its versions, the oldest first.")
            List<String> versions) {}

    /** One model. */
    @GET
    @Path("/{model}")
    @Operation(summary = "Show a model, its aliases and versions")
    @APIResponse(responseCode = "200", description = "The versions, the oldest first, each with its metrics.")
    @APIResponse(responseCode = "404", description = "There is no such model.")
    public ObjectNode show(@PathParam("model") String model) {
        Registration.OfModel detail = registrar.detail(model);
        ObjectNode answer = JSON.createObjectNode().put("model", model);
        answer.set("aliases", JSON.valueToTree(detail.aliases()));
        for (Registration version : detail.versions()) {
            ObjectNode inShort = answer.withArray("versions").addObject();
            whole(version, detail).properties().stream()
                    .filter(member -> IN_SHORT.contains(member.getKey())
                            || member.getKey().equals("aliases")
                            || member.getKey().equals("registered"))
                    .forEach(member -> inShort.set(member.getKey(), member.getValue()));
        }
        return answer;
    }

    /** One version. */
    @GET
    @Path("/{model}/versions/{version}")
    @Operation(summary = "Show a version", description = "Its description as it was registered, and how it came.")
    @APIResponse(responseCode = "200", description = "The version.")
    @APIResponse(responseCode = "404", description = "There is no such model or version.")
    public ObjectNode show(@PathParam("model") String model, @PathParam("version") String version) {
        Registration.OfModel detail = registrar.detail(model);
        return detail.versions().stream()
                .filter(registration -> registration.version().equals(version))
                .findFirst()
                .map(registration -> whole(registration, detail))
                .orElseThrow(() -> Problems.unknownVersion(model, version));
    }

    private static ObjectNode whole(Registration version, Registration.OfModel detail) {
        ObjectNode answer = JSON.createObjectNode();
        answer.setAll(version.description());
        answer.set(
                "aliases",
                JSON.valueToTree(detail.aliases().entrySet().stream()
                        .filter(alias -> alias.getValue().equals(version.version()))
                        .map(Map.Entry::getKey)
                        .toList()));
        version.registered()
                .ifPresent(registered -> answer.putObject("registered")
                        .put("at", registered.at().toString())
                        .put("by", registered.by())
                        .put("origin", registered.origin())
                        .put("bytes", registered.bytes()));
        return answer;
    }

    /** The file of one version. */
    @GET
    @Path("/{model}/versions/{version}/model.onnx")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    @Operation(summary = "Give a version's ONNX file", description = "As it was registered.")
    @APIResponse(responseCode = "200", description = "The file.")
    @APIResponse(responseCode = "404", description = "There is no such model or version.")
    @APIResponse(responseCode = "503", description = "The registry can not be reached.")
    public byte[] file(@PathParam("model") String model, @PathParam("version") String version) {
        return registrar.file(model, version);
    }

    /** Registers a version. */
    @PUT
    @Path("/{model}/versions")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Operation(
            summary = "Register a version",
            description =
                    "A form: 'onnx', the ONNX file, or 'source', its address at an MLflow server; 'description', JSON with features, perhaps labels and threshold, and"
                            + " whatever else is to be known: metrics, parameters, training; 'alias', an alias that is to stand"
                            + " for it; 'by' and 'why'. The same file and description again change nothing.")
    @APIResponse(responseCode = "200", description = "It was registered before.")
    @APIResponse(responseCode = "201", description = "It is registered.")
    @APIResponse(responseCode = "400", description = "The request is not valid; problem details name each mistake.")
    @APIResponse(responseCode = "401", description = "The token is missing or wrong.")
    @APIResponse(responseCode = "403", description = "The registry is not open to changes.")
    @APIResponse(responseCode = "409", description = "That version was registered with other content.")
    @APIResponse(
            responseCode = "422",
            description = "The model does not load, does not fit, or gives no finite scores.")
    @APIResponse(responseCode = "502", description = "The MLflow server did not give the version.")
    @APIResponse(responseCode = "503", description = "The registry can not be reached.")
    public Response register(
            @PathParam("model") String model,
            MultipartFormDataInput form,
            @Context HttpServerRequest request,
            @Context UriInfo uri) {
        access.require(request);
        List<Problem.Entry> missing = new ArrayList<>();
        Optional<String> source = text(form, "source");
        byte[] onnx = source.isPresent() ? new byte[0] : part(form, "onnx", "the ONNX file", missing);
        byte[] description = part(form, "description", "JSON that describes the model", missing);
        if (!missing.isEmpty()) {
            throw Problems.invalid(missing);
        }
        Optional<String> alias = text(form, "alias");
        Author author =
                Author.of(text(form, "by").orElse(null), text(form, "why").orElse(null));
        ModelBook.Outcome outcome = source.isPresent()
                ? registrar.registerFrom(source.get(), model, description, alias, author)
                : registrar.register(model, description, onnx, alias, author);
        return Response.status(outcome.created() ? Response.Status.CREATED : Response.Status.OK)
                .location(uri.getAbsolutePathBuilder().path(outcome.version()).build())
                .entity(show(model, outcome.version()))
                .build();
    }

    private static byte[] part(MultipartFormDataInput form, String name, String expected, List<Problem.Entry> missing) {
        Optional<FormValue> part = first(form, name);
        if (part.isEmpty()) {
            missing.add(new Problem.Entry(name, expected, "nothing"));
            return new byte[0];
        }
        try {
            return part.get().isFileItem()
                    ? part.get().getFileItem().getInputStream().readAllBytes()
                    : part.get().getValue().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            missing.add(new Problem.Entry(name, expected, "what can not be read: " + e.getMessage()));
            return new byte[0];
        }
    }

    private static Optional<String> text(MultipartFormDataInput form, String name) {
        return first(form, name)
                .filter(value -> !value.isFileItem())
                .map(FormValue::getValue)
                .filter(text -> !text.isBlank());
    }

    private static Optional<FormValue> first(MultipartFormDataInput form, String name) {
        Collection<FormValue> values = form.getValues().getOrDefault(name, List.of());
        return values.stream().findFirst();
    }

    /**
     * What an alias is to stand for.
     *
     * @param version the version
     * @param from the version that it stands for until then; if it does not, nothing is changed
     * @param by who says so
     * @param why why
     */
    public record Promotion(
            @Schema(description = "The version.", examples = "2", required = true)
            String version,

            @Schema(
                    description =
                            "The version that it stands for until then, if that matters: if another, nothing is changed.",
                    examples = "1")
            String from,

            @Schema(description = "Who says so.", examples = "ann")
            String by,

            @Schema(description = "Why.", examples = "fewer false alarms")
            String why) {}

    /** Moves an alias. */
    @POST
    @Path("/{model}/aliases/{alias}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Promote a version",
            description = "Lets the alias stand for it: at once where this is answered, on the other replicas within"
                    + " millrace.models.poll. Requests that are being answered end with the version they began with.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Moved.class)),
            description = "The alias stands for it.")
    @APIResponse(responseCode = "400", description = "The request is not valid.")
    @APIResponse(responseCode = "401", description = "The token is missing or wrong.")
    @APIResponse(responseCode = "403", description = "The registry is not open to changes.")
    @APIResponse(responseCode = "404", description = "There is no such model or version.")
    @APIResponse(responseCode = "409", description = "The alias stands for another version than 'from'.")
    @APIResponse(responseCode = "422", description = "The version can not be used.")
    @APIResponse(responseCode = "503", description = "The registry can not be reached.")
    public Moved promote(
            @PathParam("model") String model,
            @PathParam("alias") String alias,
            Promotion promotion,
            @Context HttpServerRequest request) {
        access.require(request);
        if (promotion == null || promotion.version() == null) {
            throw Problems.invalid(List.of(new Problem.Entry("/version", "the version to promote", "nothing")));
        }
        return registrar.promote(
                model,
                alias,
                promotion.version(),
                Optional.ofNullable(promotion.from()),
                Author.of(promotion.by(), promotion.why()));
    }

    /** Who does it, and why. */
    public record Reason(
            @Schema(description = "Who says so.", examples = "ann")
            String by,

            @Schema(description = "Why.", examples = "too many alarms since 14:00")
            String why) {}

    /** Moves an alias back. */
    @POST
    @Path("/{model}/aliases/{alias}/rollback")
    @Consumes({MediaType.APPLICATION_JSON, MediaType.WILDCARD})
    @Operation(
            summary = "Roll back",
            description = "Lets the alias stand for the version that it stood for before; once more: before that.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Moved.class)),
            description = "The alias stands for the version before.")
    @APIResponse(responseCode = "401", description = "The token is missing or wrong.")
    @APIResponse(responseCode = "403", description = "The registry is not open to changes.")
    @APIResponse(responseCode = "404", description = "The alias stands for no version.")
    @APIResponse(responseCode = "409", description = "There is no version before.")
    @APIResponse(responseCode = "422", description = "The version before can not be used.")
    @APIResponse(responseCode = "503", description = "The registry can not be reached.")
    public Moved rollBack(
            @PathParam("model") String model,
            @PathParam("alias") String alias,
            Reason reason,
            @Context HttpServerRequest request) {
        access.require(request);
        return registrar.rollBack(model, alias, author(reason));
    }

    /** Takes an alias away. */
    @DELETE
    @Path("/{model}/aliases/{alias}")
    @Operation(summary = "Take an alias away", description = "Its version stays.")
    @APIResponse(responseCode = "200", description = "The alias stands for no version.")
    @APIResponse(responseCode = "401", description = "The token is missing or wrong.")
    @APIResponse(responseCode = "403", description = "The registry is not open to changes.")
    @APIResponse(responseCode = "404", description = "The alias stands for no version.")
    @APIResponse(responseCode = "503", description = "The registry can not be reached.")
    public Moved remove(
            @PathParam("model") String model,
            @PathParam("alias") String alias,
            @QueryParam("by") String by,
            @QueryParam("why") String why,
            @Context HttpServerRequest request) {
        access.require(request);
        return registrar.remove(model, alias, Author.of(by, why));
    }

    private static Author author(Reason reason) {
        return reason == null ? Author.of(null, null) : Author.of(reason.by(), reason.why());
    }

    /** What was changed. */
    @GET
    @Path("/{model}/history")
    @Operation(summary = "What was changed of a model", description = "The latest first.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = Change[].class)),
            description = "The changes.")
    @APIResponse(responseCode = "404", description = "There is no such model.")
    @APIResponse(responseCode = "503", description = "The registry can not be reached.")
    public List<Change> history(@PathParam("model") String model, @QueryParam("limit") @DefaultValue("100") int limit) {
        return registrar.history(model, Math.max(1, Math.min(limit, LONGEST_HISTORY)));
    }
}
