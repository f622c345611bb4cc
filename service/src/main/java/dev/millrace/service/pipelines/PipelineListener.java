package dev.millrace.service.pipelines;

import dev.millrace.pipeline.Pipeline;

/**
 * Hears of pipelines that come and go, always on the one thread that watches the declarations. A listener that throws is told again at the next poll.
 */
public interface PipelineListener {
    /** The pipeline is there, or is there again in another form; its topics exist. */
    void started(Pipeline pipeline);

    /** The pipeline takes the place of the one of its name; its topics exist. */
    default void changed(Pipeline pipeline) {
        stopped(pipeline.name());
        started(pipeline);
    }

    /** The pipeline of that name is gone; when this returns, nothing of it runs. */
    void stopped(String name);
}
