package dev.millrace.model.predict;

import dev.millrace.model.feature.LiveFeatures;
import dev.millrace.model.feature.LiveTransform;
import dev.millrace.model.feature.Look;
import dev.millrace.model.feature.StateAwayException;
import dev.millrace.model.recommend.Items;
import dev.millrace.model.recommend.Popular;
import dev.millrace.model.recommend.Recommender;
import dev.millrace.model.registry.Model;
import dev.millrace.model.traffic.Route;
import dev.millrace.model.traffic.Split;
import dev.millrace.model.traffic.Traffic;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.declaration.RecentHistory;
import dev.millrace.pipeline.declaration.RecommendDeclaration;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.transform.Completion;
import dev.millrace.service.pipelines.Pipelines;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * What is popular: now, where a pipeline declares a field that tells it and its windows counted something, and as of the
 * training otherwise. A thread of its own asks the windows for each item from time to time; what it found is a number an item
 * and version. Thread-safe.
 */
@ApplicationScoped
public class LivePopularity {
    private static final Logger LOG = Logger.getLogger(LivePopularity.class);
    /** For each time that asking takes, it rests so many times as long. */
    private static final int REST = 19;
    /** When the windows are being read. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Pipelines pipelines;
    private final Traffic traffic;
    private final LiveFeatures live;
    private final Duration every;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "live-popularity");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Map<Asked, Told> told = Map.of();
    private volatile boolean failed;

    /** Whose items are asked for. */
    private record Asked(String pipeline, Recommender recommender) {}

    /**
     * What is popular.
     *
     * @param asOf when the windows were asked; nothing where it is as of the training
     */
    record Told(Popular popular, Optional<Instant> asOf) {}

    LivePopularity(Pipelines pipelines, Traffic traffic, LiveFeatures live, PopularitySettings settings) {
        this.pipelines = pipelines;
        this.traffic = traffic;
        this.live = live;
        this.every = settings.every();
    }

    void start(@Observes StartupEvent event) {
        again(0);
    }

    void stop(@Observes ShutdownEvent event) {
        worker.shutdownNow();
    }

    /** What is popular among the items of that version. */
    Told of(Pipeline pipeline, Recommender recommender) {
        Told now = told.get(new Asked(pipeline.name(), recommender));
        return now == null ? new Told(recommender.items().popular(), Optional.empty()) : now;
    }

    private void again(long nanos) {
        try {
            worker.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ended) {
            // The service stops.
        }
    }

    private void look() {
        long begin = System.nanoTime();
        Map<Asked, Told> found = new HashMap<>();
        Duration wait = every;
        try {
            for (Pipeline pipeline : pipelines.all()) {
                if (!ask(pipeline, found)) {
                    wait = SOON;
                }
            }
            failed = false;
        } catch (RuntimeException e) {
            if (!failed) {
                LOG.warnf("what is popular now is not known; trying again: %s", e.getMessage());
            }
            failed = true;
        }
        told = Map.copyOf(found);
        again(Math.max(wait.toNanos(), REST * (System.nanoTime() - begin)));
    }

    /** Says whether it could be asked. */
    private boolean ask(Pipeline pipeline, Map<Asked, Told> found) {
        Optional<ModelReference> reference = pipeline.declaration().spec().model();
        Optional<RecommendDeclaration> declared = reference.flatMap(ModelReference::recommend);
        Optional<String> field = declared.flatMap(RecommendDeclaration::popular_now);
        if (field.isEmpty()) {
            return true;
        }
        String item = RecentHistory.of(
                        pipeline.declaration().spec(), declared.get().history())
                .orElseThrow()
                .item();
        try {
            live.need(pipeline);
            LiveTransform whole = live.of(pipeline);
            Scores scores = new Scores(
                    pipeline.eventReader().schema(),
                    item,
                    field.get(),
                    whole.transform()
                            .completing(List.of(field.get()), List.of())
                            .ofKeys(),
                    whole.look());
            for (Model model : versions(pipeline, traffic.split(pipeline, reference.get()))) {
                Recommender recommender = model.as(Recommender.class);
                Instant now = Instant.now();
                Popular popular = recommender.items().popular().by(scores.of(recommender.items(), now));
                if (popular.isKnown()) {
                    found.put(new Asked(pipeline.name(), recommender), new Told(popular, Optional.of(now)));
                }
            }
            return true;
        } catch (StateAwayException notNow) {
            // Until the windows can be asked, what was popular at the training holds, and the answer says so.
            return false;
        }
    }

    private static List<Model> versions(Pipeline pipeline, Split split) {
        return Stream.of(Route.values())
                .flatMap(route -> split.model(route).stream())
                .filter(model -> model.misfit(pipeline).isEmpty())
                .distinct()
                .toList();
    }

    /** Asks the windows for items. */
    private record Scores(Schema own, String item, String field, Completion completion, Look look) {
        IntToDoubleFunction of(Items items, Instant now) {
            int place = own.ordinal(item);
            return number -> {
                Object[] values = new Object[own.size()];
                values[place] = items.row(number).get(items.nameField());
                Row clean = completion.complete(new Row(own, values), Optional.of(now), Map.of(), look);
                return clean.get(field) instanceof Number score && Double.isFinite(score.doubleValue())
                        ? score.doubleValue()
                        : 0;
            };
        }
    }
}
