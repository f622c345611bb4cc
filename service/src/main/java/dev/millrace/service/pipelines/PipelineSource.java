package dev.millrace.service.pipelines;

import dev.millrace.pipeline.Pipeline;
import java.util.Map;
import java.util.Optional;

/** A place that pipelines are read from. Confined to the thread that polls; nothing is opened before {@link #begin}. */
public interface PipelineSource {
    /** Which place this is. */
    SourceKind kind();

    /** The place in words, for the log. */
    String description();

    /** Begins to look, if that needs anything; returns at once. */
    default void begin() {}

    /** What is declared now. The same pipeline is the same object as long as its declaration stays the same. */
    Scan scan();

    /** Stops looking. */
    default void end() {}

    /**
     * What a look gave.
     *
     * @param pipelines by name; where a declaration has mistakes, the last good one
     * @param mistakes what is wrong, by file or resource
     * @param complete whether the place could be read at least once, so that what is not here does not exist
     * @param remark what people should know of the place itself
     */
    record Scan(
            Map<String, Pipeline> pipelines, Map<String, String> mistakes, boolean complete, Optional<String> remark) {}
}
