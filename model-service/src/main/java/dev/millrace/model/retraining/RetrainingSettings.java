package dev.millrace.model.retraining;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How trainings are started that pipelines want after drift (spec.model.training.on_drift). */
@ConfigMapping(prefix = "millrace.retraining")
public interface RetrainingSettings {
    /** How often drift is looked at for it; 0 for never. */
    @WithDefault("1m")
    Duration every();

    /** How long to wait after a training that could not be started, or failed, before the next one. */
    @WithDefault("1h")
    Duration retryAfter();

    /**
     * The program that trains, where there is no cluster: its words, with {@code {pipeline}} for the pipeline's name and
     * {@code {registry}} for this service's address. {@code ./millrace up} sets it. It gets the service's environment.
     */
    Optional<List<String>> command();

    /**
     * Whether a Job is made of the CronJob of this namespace that trains the pipeline, which has the labels
     * {@code app.kubernetes.io/component: training} and {@code millrace.dev/pipeline}. The chart sets it.
     */
    @WithDefault("false")
    boolean cronJobs();
}
