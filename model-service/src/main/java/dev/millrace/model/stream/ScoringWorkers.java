package dev.millrace.model.stream;

import dev.millrace.model.ModelMetrics;
import dev.millrace.model.traffic.Traffic;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.service.pipelines.PipelineListener;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Starts and stops the workers of the pipelines that have a model. */
@ApplicationScoped
public class ScoringWorkers implements PipelineListener {
    private final Traffic traffic;
    private final PredictionsSettings predictions;
    private final ModelMetrics metrics;
    private final StreamSettings settings;
    private final Map<String, Object> kafka;
    private final Map<String, ScoringWorker> workers = new ConcurrentHashMap<>();

    ScoringWorkers(
            Traffic traffic,
            PredictionsSettings predictions,
            ModelMetrics metrics,
            StreamSettings settings,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.traffic = traffic;
        this.predictions = predictions;
        this.metrics = metrics;
        this.settings = settings;
        this.kafka = kafka;
    }

    @Override
    public void started(Pipeline pipeline) {
        pipeline.declaration().spec().model().filter(ModelReference::scores).ifPresent(reference -> {
            ScoringWorker worker =
                    new ScoringWorker(pipeline, reference, traffic, predictions.enabled(), metrics, settings, kafka);
            workers.put(pipeline.name(), worker);
            worker.start();
        });
    }

    @Override
    public void stopped(String name) {
        ScoringWorker worker = workers.remove(name);
        if (worker != null) {
            worker.close();
        }
    }

    /** What each worker is doing, by its pipeline. */
    Map<String, ScoringState> states() {
        Map<String, ScoringState> states = new TreeMap<>();
        workers.forEach((name, worker) -> states.put(name, worker.state()));
        return states;
    }
}
