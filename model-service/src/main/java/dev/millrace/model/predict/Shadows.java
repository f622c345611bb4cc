package dev.millrace.model.predict;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.feature.FeatureReader;
import dev.millrace.model.feature.StateAwayException;
import dev.millrace.model.inference.FeatureRows;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.model.traffic.Made;
import dev.millrace.model.traffic.PredictionLog;
import dev.millrace.model.traffic.Room;
import dev.millrace.model.traffic.Route;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Row;
import dev.millrace.service.problem.ProblemException;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Lets shadows score what was answered already, on a thread of their own, so that nobody waits for them. What they can not
 * keep up with is left out and counted. Thread-safe.
 */
@ApplicationScoped
public class Shadows {
    private static final int WAITING = 1000;
    private final Inputs inputs;
    private final PredictionLog log;
    private final ModelMetrics metrics;
    private final Room room = new Room();
    private final ThreadPoolExecutor executor =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
                Thread thread = new Thread(task, "shadow");
                thread.setDaemon(true);
                return thread;
            });

    Shadows(Inputs inputs, PredictionLog log, ModelMetrics metrics) {
        this.inputs = inputs;
        this.log = log;
        this.metrics = metrics;
    }

    /**
     * Lets the shadow, if there is one, score what was answered.
     *
     * @param asked the inputs as they came
     * @param rows the same, read for the version that answered
     * @param answered the version that answered
     * @param scores what it answered
     */
    void lookOn(
            Pipeline pipeline,
            Optional<Model> shadow,
            List<ObjectNode> asked,
            List<Completed> rows,
            ModelDescription answered,
            double[] scores) {
        shadow.ifPresent(looking -> later(
                looking.description(), rows.size(), 0, () -> score(pipeline, looking, asked, rows, answered, scores)));
    }

    /** What a shadow does. */
    public interface Look {
        /** Does it, and counts it as done. */
        void on() throws OrtException;
    }

    /**
     * Lets a shadow look on after the answer, or counts it as left out; as failed, where it does.
     *
     * @param answers how many answers it looks at
     * @param items how many items stand on them
     */
    void later(ModelDescription shadow, int answers, long items, Look look) {
        later(shadow, ModelMetrics.HTTP, answers, items, look);
    }

    /** The same for answers that were asked for by other means, which its count says. */
    public void later(ModelDescription shadow, String asked, int answers, long items, Look look) {
        if (!room.take(items)) {
            count(shadow, asked, "left_out", answers);
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    look.on();
                } catch (OrtException | ProblemException | StateAwayException e) {
                    count(shadow, asked, "failed", answers);
                } finally {
                    room.give(items);
                }
            });
        } catch (RejectedExecutionException e) {
            room.give(items);
            count(shadow, asked, "left_out", answers);
        }
    }

    private void score(
            Pipeline pipeline,
            Model shadow,
            List<ObjectNode> asked,
            List<Completed> rows,
            ModelDescription answered,
            double[] scores)
            throws OrtException {
        ModelDescription description = shadow.description();
        List<Completed> own = description.featureNames().equals(answered.featureNames())
                ? rows
                : inputs.read(asked, pipeline, description);
        List<Row> clean = own.stream().map(Completed::row).toList();
        FeatureReader features = FeatureReader.of(pipeline.cleanReader().schema(), description.features());
        FeatureRows values = features.read(clean);
        double[] itsScores = shadow.score(values);
        if (Arrays.stream(itsScores).allMatch(Double::isFinite)) {
            keep(pipeline, description, clean, values, itsScores, answered, scores);
        } else {
            count(description, "failed", clean.size());
        }
    }

    private void keep(
            Pipeline pipeline,
            ModelDescription shadow,
            List<Row> rows,
            FeatureRows features,
            double[] scores,
            ModelDescription answered,
            double[] answeredScores) {
        count(shadow, "ok", rows.size());
        List<String> labels = Arrays.stream(scores).mapToObj(shadow::label).toList();
        for (int i = 0; i < scores.length; i++) {
            metrics.scored(shadow.name(), shadow.version(), scores[i]);
            if (labels.get(i) != null) {
                metrics.compared(
                        shadow.name(), shadow.version(), labels.get(i).equals(answered.label(answeredScores[i])));
            }
        }
        log.add(new Made(
                pipeline,
                shadow,
                Route.SHADOW,
                ModelMetrics.HTTP,
                Instant.now(),
                rows,
                features,
                scores,
                labels,
                answered,
                answeredScores));
    }

    /** Counts what came of a shadow's answers. */
    void count(ModelDescription shadow, String outcome, int rows) {
        count(shadow, ModelMetrics.HTTP, outcome, rows);
    }

    private void count(ModelDescription shadow, String asked, String outcome, int rows) {
        metrics.predicted(shadow.name(), shadow.version(), Route.SHADOW.metric(asked), outcome, rows);
    }

    void stop(@Observes ShutdownEvent event) {
        executor.shutdownNow();
    }
}
