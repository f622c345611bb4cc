package dev.millrace.load.quality;

import dev.millrace.load.worker.LoadConfig;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.pipelines.PipelineListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Asks the warehouse now and then how good models turned out to be, as labels arrive:
 * {@code millrace_model_quality{pipeline,model,version,measure}}. Every replica asks, and all are told the same.
 */
@ApplicationScoped
public class ModelQuality implements PipelineListener {
    private static final Logger LOG = Logger.getLogger(ModelQuality.class);
    private static final Map<String, ToDoubleFunction<Measured>> MEASURES = Map.of(
            "precision",
            Measured::precision,
            "recall",
            Measured::recall,
            "average_precision",
            Measured::averagePrecision,
            "positives",
            Measured::positives);

    private final QualityConfig config;
    private final LoadConfig load;
    private final DataSource database;
    private final MeterRegistry registry;
    private final Map<String, QualityQuestion> questions = new ConcurrentHashMap<>();
    private final Map<String, Measured> answers = new ConcurrentHashMap<>();
    private final Set<String> announced = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "model-quality");
        thread.setDaemon(true);
        return thread;
    });

    ModelQuality(QualityConfig config, LoadConfig load, DataSource database, MeterRegistry registry) {
        this.config = config;
        this.load = load;
        this.database = database;
        this.registry = registry;
    }

    void start(@Observes StartupEvent event) {
        long every = config.every().toMillis();
        if (every > 0) {
            timer.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        timer.shutdownNow();
    }

    @Override
    public void started(Pipeline pipeline) {
        QualityQuestion.of(pipeline, load.schema()).ifPresent(question -> questions.put(pipeline.name(), question));
    }

    @Override
    public void stopped(String name) {
        questions.remove(name);
        answers.keySet().removeIf(key -> key.startsWith(name + "/"));
    }

    /** Asks for every pipeline, now. */
    public void look() {
        questions.forEach((name, question) -> {
            try (Connection connection = database.getConnection()) {
                List<Measured> measured = Measured.ask(connection, question);
                answers.keySet().removeIf(key -> key.startsWith(name + "/"));
                measured.forEach(version -> keep(name, version));
            } catch (SQLException e) {
                // Before the first event or label there is no table.
                LOG.debugf(e, "pipeline %s: nothing is known of its model's quality", name);
            }
        });
    }

    private void keep(String pipeline, Measured measured) {
        String key = pipeline + "/" + measured.model() + "/" + measured.version();
        answers.put(key, measured);
        if (announced.add(key)) {
            MEASURES.forEach((measure, value) -> Gauge.builder("millrace.model.quality", answers, known -> {
                        Measured answer = known.get(key);
                        return answer == null ? Double.NaN : value.applyAsDouble(answer);
                    })
                    .description(
                            "How good a model's version turned out to be, on the last days whose labels are known.")
                    .tags(
                            "pipeline",
                            pipeline,
                            "model",
                            measured.model(),
                            "version",
                            measured.version(),
                            "measure",
                            measure)
                    .register(registry));
        }
    }
}
