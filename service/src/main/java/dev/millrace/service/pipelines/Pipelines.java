package dev.millrace.service.pipelines;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.state.Changes;
import dev.millrace.service.state.Ruling;
import dev.millrace.service.topics.TopicProvisioner;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/**
 * The pipelines that this service runs now. One thread watches where they are declared, provides the topics of a new pipeline and
 * tells the listeners; a pipeline is visible here once its topics exist. Reading is thread-safe.
 */
@ApplicationScoped
public class Pipelines {
    private static final Logger LOG = Logger.getLogger(Pipelines.class);

    private final PipelinesConfig config;
    private final PipelineSource source;
    private final TopicProvisioner topics;
    private final Changes changes;
    private final List<PipelineListener> listeners;
    /** What was declared when it was last decided what runs. */
    private volatile Map<String, Pipeline> proposed = Map.of();

    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "pipelines");
        thread.setDaemon(true);
        return thread;
    });

    private volatile Map<String, Pipeline> running = Map.of();
    private volatile Map<String, String> mistakes = Map.of();
    private volatile Map<String, String> delays = Map.of();
    private volatile Map<String, String> refusals = Map.of();
    private volatile Optional<String> remark = Optional.empty();
    private volatile boolean scanned;
    private volatile boolean changing;

    Pipelines(
            PipelinesConfig config,
            @All List<PipelineSource> sources,
            TopicProvisioner topics,
            Changes changes,
            @All List<PipelineListener> listeners) {
        this.config = config;
        this.source = sources.stream()
                .filter(source -> source.kind() == config.source())
                .findFirst()
                .orElseThrow();
        this.topics = topics;
        this.changes = changes;
        this.listeners = listeners;
    }

    /** The pipelines that run, by name. */
    public Collection<Pipeline> all() {
        return running.values();
    }

    /** The pipeline of that name, if it runs. */
    public Optional<Pipeline> find(String name) {
        return Optional.ofNullable(running.get(name));
    }

    /** What is wrong with declarations, by file or resource; empty if nothing is. */
    public Map<String, String> mistakes() {
        return mistakes;
    }

    /** Why a changed declaration, itself without a mistake, can not go on with the state that there is, by name. */
    public Map<String, String> refusals() {
        return refusals;
    }

    /** The declaration of that name, as its source gave it, for which a pipeline runs. */
    public Optional<Pipeline> declared(String name) {
        return Optional.ofNullable(running.containsKey(name) ? proposed.get(name) : null);
    }

    /** Why pipelines that are declared do not run yet, by name; empty if all do. */
    public Map<String, String> delays() {
        return delays;
    }

    /** What people should know of the place that declarations are read from. */
    public Optional<String> remark() {
        return remark;
    }

    /** Whether the declarations were read and every pipeline of them runs. */
    public boolean ready() {
        return scanned;
    }

    /**
     * Whether a pipeline that does not run is not declared either. While one is changed it runs as it was no more, and as it is
     * not yet: who asks for it then should ask again.
     */
    public boolean settled() {
        return scanned && !changing;
    }

    void start(@Observes StartupEvent event) {
        LOG.infof("pipelines are read from %s", source.description());
        source.begin();
        watcher.scheduleWithFixedDelay(this::look, 0, config.poll().toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        watcher.shutdown();
        watcher.awaitTermination(10, TimeUnit.SECONDS);
        source.end();
        running.keySet().forEach(this::tellStopped);
    }

    private void look() {
        try {
            PipelineSource.Scan scan = source.scan();
            report(scan.mistakes());
            remark(scan.remark());
            scanned = follow(scan.pipelines()) && scan.complete();
            changing = false;
            // Not before: a mistake that was mended is over when what was mended runs.
            mistakes = Map.copyOf(scan.mistakes());
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.error("looking for pipelines failed; trying again", e);
        }
    }

    private boolean follow(Map<String, Pipeline> declared) {
        Map<String, String> late = new TreeMap<>();
        for (String name : running.keySet()) {
            if (!declared.containsKey(name)) {
                LOG.infof("pipeline %s: gone", name);
                end(name);
                proposed = without(proposed, name);
            }
        }
        refusals.keySet().stream().filter(name -> !declared.containsKey(name)).forEach(this::accept);
        for (Pipeline pipeline : declared.values()) {
            decide(pipeline).ifPresent(delay -> late.put(pipeline.name(), delay));
        }
        delays = Map.copyOf(late);
        return late.isEmpty();
    }

    /** Decides what runs of a pipeline, and has it run; what is to be waited for, if it can not yet. */
    private Optional<String> decide(Pipeline declared) {
        String name = declared.name();
        Pipeline now = running.get(name);
        try {
            if (now == null || proposed.get(name) != declared) {
                topics.provide(declared);
                Ruling ruling = changes.propose(declared);
                ruling.refusal().ifPresentOrElse(reason -> refuse(name, reason), () -> accept(name));
                proposed = with(proposed, name, declared);
                return now != null && now.declaration().equals(ruling.pipeline().declaration())
                        ? Optional.empty()
                        : replace(now, ruling.pipeline());
            }
            Optional<Pipeline> other = changes.insteadOf(now);
            return other.isPresent() ? replace(now, other.get()) : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(notYet(name, e));
        }
    }

    private Optional<String> replace(Pipeline before, Pipeline pipeline) {
        if (before == null) {
            return begin(pipeline, PipelineListener::started);
        }
        LOG.infof("pipeline %s: changed", pipeline.name());
        changing = true;
        running = without(running, pipeline.name());
        return begin(pipeline, PipelineListener::changed);
    }

    private void end(String name) {
        running = without(running, name);
        tellStopped(name);
    }

    private void refuse(String name, String reason) {
        if (!reason.equals(refusals.get(name))) {
            LOG.errorf("pipeline %s: %s%nthe last good declaration goes on", name, reason);
        }
        refusals = with(refusals, name, reason);
    }

    private void accept(String name) {
        refusals = without(refusals, name);
    }

    private static <T> Map<String, T> with(Map<String, T> map, String name, T value) {
        Map<String, T> next = new TreeMap<>(map);
        next.put(name, value);
        return Map.copyOf(next);
    }

    private static <T> Map<String, T> without(Map<String, T> map, String name) {
        Map<String, T> next = new TreeMap<>(map);
        next.remove(name);
        return Map.copyOf(next);
    }

    private Optional<String> begin(Pipeline pipeline, BiConsumer<PipelineListener, Pipeline> tell) {
        try {
            topics.provide(pipeline);
            listeners.forEach(listener -> tell.accept(listener, pipeline));
            running = with(running, pipeline.name(), pipeline);
            LOG.infof("pipeline %s: started", pipeline.name());
            return Optional.empty();
        } catch (RuntimeException e) {
            tellStopped(pipeline.name());
            return Optional.of(notYet(pipeline.name(), e));
        }
    }

    /** Kafka's clients say only in the cause what is wrong with their settings. */
    private static String notYet(String name, RuntimeException e) {
        String why = e.getCause() == null
                ? String.valueOf(e.getMessage())
                : e.getMessage() + ": " + e.getCause().getMessage();
        LOG.warnf("pipeline %s: can not start yet, trying again: %s", name, why);
        return why;
    }

    private void tellStopped(String name) {
        for (PipelineListener listener : listeners) {
            try {
                listener.stopped(name);
            } catch (RuntimeException e) {
                LOG.errorf(e, "pipeline %s: stopping it failed", name);
            }
        }
    }

    private void remark(Optional<String> now) {
        if (now.isPresent() && remark.isEmpty()) {
            LOG.warn(now.get());
        } else if (now.isEmpty() && remark.isPresent()) {
            LOG.info("the place that pipelines are read from is watched again");
        }
        remark = now;
    }

    private void report(Map<String, String> found) {
        found.forEach((file, mistake) -> {
            if (!mistake.equals(mistakes.get(file))) {
                LOG.errorf("%s is not a valid pipeline; the last good one, if any, goes on:%n%s", file, mistake);
            }
        });
        Map<String, String> all = new TreeMap<>(mistakes);
        all.putAll(found);
        mistakes = Map.copyOf(all);
    }
}
