package dev.millrace.load.batch;

import dev.millrace.load.schema.StarSchema;
import dev.millrace.pipeline.Pipeline;
import java.util.List;

/**
 * What it takes to turn a pipeline's records into rows. Thread-safe.
 *
 * @param pipeline reads the records
 * @param star the tables they go to
 * @param keys what is known of each dimension's keys, in the order of {@link StarSchema#dimensions()}
 */
public record LoadPlan(Pipeline pipeline, StarSchema star, List<SurrogateKeys> keys) {
    public LoadPlan {
        keys = List.copyOf(keys);
    }

    /** A plan that knows no key yet. */
    public static LoadPlan of(Pipeline pipeline, StarSchema star) {
        return new LoadPlan(
                pipeline,
                star,
                star.dimensions().stream().map(dimension -> new SurrogateKeys()).toList());
    }

    /** Changes whenever the keys of a dimension are forgotten. */
    int generation() {
        return keys.stream().mapToInt(SurrogateKeys::timesForgotten).sum();
    }
}
