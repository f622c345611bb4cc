package dev.millrace.model.predict;

import dev.millrace.model.feature.FeatureSettings;
import dev.millrace.model.feature.LiveFeatures;
import dev.millrace.model.feature.StateAwayException;
import dev.millrace.model.registry.Models;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.declaration.RecommendDeclaration;
import dev.millrace.service.pipelines.Pipelines;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Has the live features followed of each pipeline whose model needs them, before anybody asks for a prediction. A thread of
 * its own looks.
 */
@ApplicationScoped
public class LivePreparation {
    private static final Logger LOG = Logger.getLogger(LivePreparation.class);

    private final Pipelines pipelines;
    private final Models models;
    private final LiveFeatures live;
    private final FeatureSettings settings;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "live-preparation");
        thread.setDaemon(true);
        return thread;
    });

    LivePreparation(Pipelines pipelines, Models models, LiveFeatures live, FeatureSettings settings) {
        this.pipelines = pipelines;
        this.models = models;
        this.live = live;
        this.settings = settings;
    }

    void start(@Observes StartupEvent event) {
        long poll = settings.poll().toMillis();
        worker.scheduleWithFixedDelay(this::look, 0, poll, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        worker.shutdownNow();
    }

    private void look() {
        try {
            pipelines.all().stream()
                    .filter(pipeline -> needsLive(pipeline) || canaryNeedsLive(pipeline))
                    .forEach(live::need);
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.warnf("looking for models that need live features failed; trying again: %s", e.getMessage());
        }
    }

    /** Of each pipeline whose model needs live features, whether they are there: ready, or what is missing. */
    Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        for (Pipeline pipeline : pipelines.all()) {
            if (needsLive(pipeline)) {
                states.put(pipeline.name(), state(pipeline));
            }
        }
        return states;
    }

    private String state(Pipeline pipeline) {
        try {
            live.of(pipeline);
            return LiveFeaturesReady.READY;
        } catch (StateAwayException e) {
            return e.getMessage();
        }
    }

    private boolean needsLive(Pipeline pipeline) {
        Optional<String> history = pipeline.declaration()
                .spec()
                .model()
                .flatMap(ModelReference::recommend)
                .map(RecommendDeclaration::history);
        // Every version goes by the same history, so that it can be there before the first.
        return history.map(feature -> LiveFeatures.areNeededFor(pipeline, List.of(feature)))
                .orElseGet(() -> versionNeedsLive(pipeline));
    }

    /** Whether who is the canary's is told by more than the event: by a token. It is no reason not to be ready. */
    private static boolean canaryNeedsLive(Pipeline pipeline) {
        return pipeline.declaration()
                .spec()
                .canaryKey()
                .filter(key -> LiveFeatures.areNeededFor(pipeline, List.of(key)))
                .isPresent();
    }

    private boolean versionNeedsLive(Pipeline pipeline) {
        return pipeline.declaration()
                .spec()
                .model()
                .flatMap(reference -> models.find(reference.name(), reference.effectiveAlias()))
                // One that asks for what the pipeline does not have is not used for it, and others say so.
                .filter(model -> model.misfit(pipeline).isEmpty())
                .filter(model -> LiveFeatures.areNeededFor(pipeline, model.fields(pipeline)))
                .isPresent();
    }
}
