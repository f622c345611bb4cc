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
 * The pipelines that this service runs now. One thread watches the folder, provides the topics of a new pipeline and
 * tells the listeners; a pipeline is visible here once its topics exist. Reading is thread-safe.
 */
@ApplicationScoped
public class Pipelines {
    private static final Logger LOG = Logger.getLogger(Pipelines.class);

    private final PipelinesConfig config;
    private final PipelineFolder folder;
    private final TopicProvisioner topics;
    private final List<PipelineListener> listeners;
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "pipelines");
        thread.setDaemon(true);
        return thread;
    });

    private volatile Map<String, Pipeline> running = Map.of();
    private volatile Map<String, String> mistakes = Map.of();
    private volatile boolean scanned;

    Pipelines(PipelinesConfig config, TopicProvisioner topics, @All List<PipelineListener> listeners) {
        this.config = config;
        this.folder = new PipelineFolder(config.dir());
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

    /** What is wrong with the folder's files, by file; empty if nothing is. */
    public Map<String, String> mistakes() {
        return mistakes;
    }

    /** Whether the folder was read and every pipeline in it runs. */
    public boolean ready() {
        return scanned;
    }

    void start(@Observes StartupEvent event) {
        LOG.infof("pipelines are read from %s", config.dir().toAbsolutePath());
        watcher.scheduleWithFixedDelay(this::look, 0, config.poll().toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        watcher.shutdown();
        watcher.awaitTermination(10, TimeUnit.SECONDS);
        running.keySet().forEach(this::tellStopped);
    }

    private void look() {
        try {
            PipelineFolder.Scan scan = folder.scan();
            report(scan.mistakes());
            scanned = follow(scan.pipelines());
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.error("looking for pipelines failed; trying again", e);
        }
    }

    private boolean follow(Map<String, Pipeline> declared) {
        Map<String, Pipeline> next = new TreeMap<>(running);
        boolean complete = true;
        for (String name : running.keySet()) {
            if (declared.get(name) != running.get(name)) {
                LOG.infof("pipeline %s: %s", name, declared.containsKey(name) ? "changed" : "gone");
                next.remove(name);
                running = Map.copyOf(next);
                tellStopped(name);
            }
        }
        for (Pipeline pipeline : declared.values()) {
            if (!next.containsKey(pipeline.name())) {
                complete &= begin(pipeline, next);
            }
        }
        return complete;
    }

    private boolean begin(Pipeline pipeline, Map<String, Pipeline> next) {
        try {
            topics.provide(pipeline.topics());
            listeners.forEach(listener -> listener.started(pipeline));
            next.put(pipeline.name(), pipeline);
            running = Map.copyOf(next);
            LOG.infof("pipeline %s: started", pipeline.name());
            return true;
        } catch (RuntimeException e) {
            LOG.warnf("pipeline %s: can not start yet, trying again: %s", pipeline.name(), e.getMessage());
            tellStopped(pipeline.name());
            return false;
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

    private void report(Map<String, String> found) {
        found.forEach((file, mistake) -> {
            if (!mistake.equals(mistakes.get(file))) {
                LOG.errorf("%s is not a valid pipeline; the last good one, if any, goes on:%n%s", file, mistake);
            }
        });
        mistakes = Map.copyOf(found);
    }
}
