package dev.millrace.model.predict;

import dev.millrace.model.inference.Deadline;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.expression.Nearest;
import dev.millrace.service.pipelines.Pipelines;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a request to {@code /predict} asks for: whose model, and until when. Thread-safe. */
@ApplicationScoped
public class Asked {
    private final Pipelines pipelines;
    private final PredictSettings settings;

    Asked(Pipelines pipelines, PredictSettings settings) {
        this.pipelines = pipelines;
        this.settings = settings;
    }

    /**
     * Until when an answer is of use.
     *
     * @param timeout what the client says of it; null if nothing
     * @throws ProblemException 400 if that is no time
     */
    Deadline deadline(String timeout, RoutingContext context) {
        try {
            return Deadline.of(Optional.ofNullable(timeout), settings.timeout(), Admission.arrivedNanos(context));
        } catch (IllegalArgumentException e) {
            throw new ProblemException(
                    Problem.of(400, "invalid-header", "The request is not valid", e.getMessage() + "."));
        }
    }

    /**
     * The pipeline whose model is asked.
     *
     * @param named the model that the path names, if it names one
     * @throws ProblemException if there is none
     */
    Pipeline pipeline(Optional<String> named, PredictRequest request) {
        return pipeline(name(named, request), request.pipeline());
    }

    private static String name(Optional<String> named, PredictRequest request) {
        Optional<String> said = request.model();
        if (named.isPresent() && said.isPresent() && !named.equals(said)) {
            throw PredictRequest.invalid(List.of(new Problem.Entry(
                    "/model",
                    "'" + PredictRequest.quoted(named.get()) + "', as in the path",
                    "'" + PredictRequest.quoted(said.get()) + "'")));
        }
        return named.or(() -> said)
                .orElseThrow(() ->
                        PredictRequest.invalid(List.of(new Problem.Entry("/model", "the name of a model", "nothing"))));
    }

    private Pipeline pipeline(String model, Optional<String> named) {
        return pipelines.all().stream()
                .filter(pipeline -> pipeline.declaration()
                        .spec()
                        .model()
                        .filter(reference -> reference.name().equals(model))
                        .isPresent())
                .filter(pipeline -> named.isEmpty() || named.get().equals(pipeline.name()))
                .min(Comparator.comparing(Pipeline::name))
                .orElseThrow(() -> none(model, named));
    }

    private ProblemException none(String model, Optional<String> named) {
        if (!pipelines.settled()) {
            return new ProblemException(
                    Problem.of(503, "starting", "Starting", "The pipelines are being started or changed; try again."),
                    OptionalInt.of(1));
        }
        List<String> known = known();
        String suggestion = Nearest.to(PredictRequest.quoted(model), known)
                .filter(near -> !near.equals(model))
                .map(near -> " Did you mean '" + near + "'?")
                .orElse("");
        String which = named.map(pipeline -> " in pipeline '" + PredictRequest.quoted(pipeline) + "'")
                .orElse("");
        return new ProblemException(Problem.of(
                404,
                "unknown-model",
                "Unknown model",
                "No pipeline uses a model '" + PredictRequest.quoted(model) + "'" + which + "." + suggestion
                        + " Models: " + (known.isEmpty() ? "none" : String.join(", ", known)) + "."));
    }

    /** The models that can be asked for: those that pipelines use. */
    private List<String> known() {
        return pipelines.all().stream()
                .flatMap(pipeline -> pipeline.declaration().spec().model().stream())
                .map(ModelReference::name)
                .distinct()
                .sorted()
                .toList();
    }
}
