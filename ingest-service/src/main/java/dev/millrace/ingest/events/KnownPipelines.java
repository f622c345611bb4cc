package dev.millrace.ingest.events;

import dev.millrace.ingest.intake.EventIntake;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.expression.Nearest;
import dev.millrace.service.pipelines.Pipelines;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.OptionalInt;

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
        return new EventIntake(pipelines.find(name).orElseThrow(() -> unknown(name)));
    }

    private ProblemException unknown(String name) {
        if (!pipelines.ready()) {
            return new ProblemException(
                    Problem.of(503, "starting", "Starting", "The pipelines are being started; try again."),
                    OptionalInt.of(1));
        }
        List<String> known = pipelines.all().stream().map(Pipeline::name).toList();
        String suggestion = Nearest.to(name, known)
                .map(near -> " Did you mean '" + near + "'?")
                .orElse("");
        return new ProblemException(Problem.of(
                404,
                "unknown-pipeline",
                "Unknown pipeline",
                "There is no pipeline '" + name + "'." + suggestion + " Running: "
                        + (known.isEmpty() ? "none" : String.join(", ", known)) + "."));
    }
}
