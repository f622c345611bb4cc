package dev.millrace.model.retraining;

import dev.millrace.model.drift.Divergence;
import dev.millrace.model.drift.Drift;
import dev.millrace.model.registry.TrainingLog;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DriftDeclaration;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.service.cluster.Cluster;
import dev.millrace.service.pipelines.Pipelines;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Starts a training where a pipeline's {@code on_drift} says so. Every replica looks at what it was given itself; the
 * registry's database sees to it that one of them starts a training, that it is written down, and that the next one waits
 * for {@code cooldown}. Without that database nothing is started, because a new version could not be registered.
 */
@ApplicationScoped
public class Retraining {
    /** Who is said to have started a training. */
    public static final String AUTHOR = "drift";

    private static final Logger LOG = Logger.getLogger(Retraining.class);

    private final RetrainingSettings settings;
    private final Pipelines pipelines;
    private final Drift drift;
    private final TrainingLog log;
    private final Optional<Starter> starter;
    private final MeterRegistry registry;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "retraining");
        thread.setDaemon(true);
        return thread;
    });

    @Inject
    Retraining(
            RetrainingSettings settings,
            Pipelines pipelines,
            Drift drift,
            TrainingLog log,
            Cluster cluster,
            @ConfigProperty(name = "quarkus.http.port") int port,
            MeterRegistry registry) {
        this.settings = settings;
        this.pipelines = pipelines;
        this.drift = drift;
        this.log = log;
        this.starter = settings.cronJobs()
                ? Optional.of(new CronJobStarter(cluster))
                : settings.command()
                        .filter(words -> !words.isEmpty())
                        .map(words -> new CommandStarter(words, "http://localhost:" + port));
        this.registry = registry;
    }

    void start(@Observes StartupEvent event) {
        long every = settings.every().toMillis();
        if (every > 0 && starter.isPresent() && log.isKept()) {
            timer.scheduleWithFixedDelay(this::lookSafely, every, every, TimeUnit.MILLISECONDS);
        }
    }

    void stop(@Observes ShutdownEvent event) throws Exception {
        timer.shutdownNow();
        if (starter.orElse(null) instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException e) {
            // The registry's database is away, perhaps; a task that throws is not run again.
            LOG.warnf("whether a training is due after drift can not be told: %s", e.getMessage());
        }
    }

    /** Looks at every pipeline, now. */
    void look() {
        for (Pipeline pipeline : pipelines.all()) {
            Optional<ModelReference> model = pipeline.declaration().spec().model();
            model.flatMap(ModelReference::training)
                    .flatMap(training -> training.on_drift())
                    .ifPresent(wanted -> look(pipeline.name(), model.get().name(), wanted));
        }
    }

    private void look(String pipeline, String model, DriftDeclaration wanted) {
        Optional<String> why = worst(drift.of(model), wanted.effectivePsi());
        if (why.isEmpty() || starter.get().isTraining(pipeline)) {
            return;
        }
        if (log.claim(model, wanted.effectiveCooldown(), settings.retryAfter(), AUTHOR, why.get())) {
            try {
                String started = starter.get().start(pipeline, reason -> failed(pipeline, model, reason));
                count(pipeline, "started");
                LOG.infof("model %s: %s: a training is started: %s", model, why.get(), started);
            } catch (StartException e) {
                failed(pipeline, model, e.getMessage());
            }
        }
    }

    private void failed(String pipeline, String model, String why) {
        count(pipeline, "failed");
        LOG.warnf(
                "model %s: a training after drift failed, another one is tried after %s: %s",
                model, settings.retryAfter(), why);
        try {
            log.failed(model, AUTHOR, why);
        } catch (RuntimeException e) {
            LOG.warnf("it can not be written down: %s", e.getMessage());
        }
    }

    private static Optional<String> worst(Map<String, Divergence> divergences, double psi) {
        List<Map.Entry<String, Divergence>> drifted = divergences.entrySet().stream()
                .filter(entry -> entry.getValue().psi() >= psi)
                .sorted(Comparator.comparingDouble((Map.Entry<String, Divergence> entry) ->
                        -entry.getValue().psi()))
                .toList();
        return drifted.stream()
                .findFirst()
                .map(entry -> String.format(
                        Locale.ROOT,
                        "population stability index of %s %.2f, of %d of %d at least %s",
                        entry.getKey(),
                        entry.getValue().psi(),
                        drifted.size(),
                        divergences.size(),
                        psi));
    }

    private void count(String pipeline, String outcome) {
        Counter.builder("millrace.trainings")
                .description("Trainings that were started after drift, and those of them that could not be or failed.")
                .tags("pipeline", pipeline, "outcome", outcome)
                .register(registry)
                .increment();
    }
}
