package dev.millrace.ingest.events;

import dev.millrace.ingest.intake.EventIntake;
import dev.millrace.ingest.intake.LabelIntake;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.expression.Nearest;
import dev.millrace.service.pipelines.Pipelines;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Finds the pipeline that a request names. */
@ApplicationScoped
public class KnownPipelines {
    private final Pipelines pipelines;

    KnownPipelines(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    /**
     * The intake of the pipeline of that name.
     *
     * @throws ProblemException 404 if there is none, 503 if the pipelines are not all started yet
     */
    public EventIntake intake(String name) {
        return new EventIntake(running(name));
    }

    /**
     * The intake of that pipeline's labels of that name.
     *
     * @throws ProblemException 404 if there are none or no such pipeline, 503 if the pipelines are not all started yet
     */
    public LabelIntake labels(String name, String labels) {
        Pipeline pipeline = running(name);
        Set<String> known = pipeline.declaration().spec().labels().keySet();
        if (!known.contains(labels)) {
            throw new ProblemException(Problem.of(
                    404,
                    "unknown-labels",
                    "Unknown labels",
                    "Pipeline '" + name + "' has no labels '" + labels + "'." + suggestion(labels, known)
                            + " Declared in spec.labels: " + listed(known) + "."));
        }
        return new LabelIntake(pipeline, labels);
    }

    private Pipeline running(String name) {
        Optional<Pipeline> running = pipelines.find(name);
        if (running.isPresent()) {
            return running.get();
        }
        if (!pipelines.settled()) {
            throw new ProblemException(
                    Problem.of(503, "starting", "Starting", "The pipelines are being started or changed; try again."),
                    OptionalInt.of(1));
        }
        // It may have been changed between the two questions.
        return pipelines.find(name).orElseThrow(() -> unknown(name));
    }

    private ProblemException unknown(String name) {
        List<String> known = pipelines.all().stream().map(Pipeline::name).toList();
        return new ProblemException(Problem.of(
                404,
                "unknown-pipeline",
                "Unknown pipeline",
                "There is no pipeline '" + name + "'." + suggestion(name, known) + " Running: " + listed(known) + "."));
    }

    private static String suggestion(String name, Collection<String> known) {
        return Nearest.to(name, known)
                .map(near -> " Did you mean '" + near + "'?")
                .orElse("");
    }

    private static String listed(Collection<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
