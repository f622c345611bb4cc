package dev.millrace.service.pipelines;

import dev.millrace.pipeline.Pipeline;
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
    private final List<PipelineListener> listeners;
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "pipelines");
        thread.setDaemon(true);
        return thread;
    });

    private volatile Map<String, Pipeline> running = Map.of();
    private volatile Map<String, String> mistakes = Map.of();
    private volatile Map<String, String> delays = Map.of();
    private volatile Optional<String> remark = Optional.empty();
    private volatile boolean scanned;
    private volatile boolean changing;

    Pipelines(
            PipelinesConfig config,
            @All List<PipelineSource> sources,
            TopicProvisioner topics,
            @All List<PipelineListener> listeners) {
        this.config = config;
        this.source = sources.stream()
                .filter(source -> source.kind() == config.source())
                .findFirst()
                .orElseThrow();
        this.topics = topics;
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
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.error("looking for pipelines failed; trying again", e);
        }
    }

    private boolean follow(Map<String, Pipeline> declared) {
        Map<String, Pipeline> next = new TreeMap<>(running);
        Map<String, String> late = new TreeMap<>();
        for (String name : running.keySet()) {
            if (declared.get(name) != running.get(name)) {
                LOG.infof("pipeline %s: %s", name, declared.containsKey(name) ? "changed" : "gone");
                changing |= declared.containsKey(name);
                next.remove(name);
                running = Map.copyOf(next);
                tellStopped(name);
            }
        }
        for (Pipeline pipeline : declared.values()) {
            if (!next.containsKey(pipeline.name())) {
                begin(pipeline, next).ifPresent(delay -> late.put(pipeline.name(), delay));
            }
        }
        delays = Map.copyOf(late);
        return late.isEmpty();
    }

    private Optional<String> begin(Pipeline pipeline, Map<String, Pipeline> next) {
        try {
            topics.provide(pipeline);
            listeners.forEach(listener -> listener.started(pipeline));
            next.put(pipeline.name(), pipeline);
            running = Map.copyOf(next);
            LOG.infof("pipeline %s: started", pipeline.name());
            return Optional.empty();
        } catch (RuntimeException e) {
            LOG.warnf("pipeline %s: can not start yet, trying again: %s", pipeline.name(), e.getMessage());
            tellStopped(pipeline.name());
            return Optional.of(String.valueOf(e.getMessage()));
        }
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
        mistakes = Map.copyOf(found);
    }
}
