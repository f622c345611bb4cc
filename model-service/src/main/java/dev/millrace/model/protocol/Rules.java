package dev.millrace.model.protocol;

import dev.millrace.model.traffic.Split;
import dev.millrace.model.traffic.Traffic;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.service.pipelines.Pipelines;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.Optional;

/**
 * What pipelines declare of who answers for a model that is asked by its name alone. Of several pipelines that use it, the
 * first by name counts, as at {@code /predict}. Thread-safe.
 */
@ApplicationScoped
class Rules {
    private final Pipelines pipelines;
    private final Traffic traffic;

    Rules(Pipelines pipelines, Traffic traffic) {
        this.pipelines = pipelines;
        this.traffic = traffic;
    }

    /** A pipeline that uses the model, and how its traffic is shared out now. */
    record Ruled(Pipeline pipeline, Split split) {}

    /** The rules for that model; nothing where no pipeline uses it. */
    Optional<Ruled> of(String model) {
        return pipelines.all().stream()
                .filter(pipeline -> reference(pipeline)
                        .filter(reference -> reference.name().equals(model))
                        .isPresent())
                .min(Comparator.comparing(Pipeline::name))
                .map(pipeline -> new Ruled(
                        pipeline, traffic.split(pipeline, reference(pipeline).orElseThrow())));
    }

    private static Optional<ModelReference> reference(Pipeline pipeline) {
        return pipeline.declaration().spec().model();
    }
}
