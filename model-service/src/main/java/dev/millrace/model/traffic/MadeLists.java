package dev.millrace.model.traffic;

import dev.millrace.model.registry.ModelDescription;
import dev.millrace.pipeline.Pipeline;
import java.time.Instant;
import java.util.List;

/**
 * Lists that one version made in one call.
 *
 * @param pipeline the pipeline whose events it was learned from
 * @param model the version
 * @param route as what it made them
 * @param asked how they were asked for: {@code http}
 * @param at when
 * @param lists the lists
 */
public record MadeLists(
        Pipeline pipeline, ModelDescription model, Route route, String asked, Instant at, List<MadeList> lists)
        implements Word {
    @Override
    public int count() {
        return lists.size();
    }

    @Override
    public long items() {
        return lists.stream().mapToLong(list -> list.items().size()).sum();
    }
}
