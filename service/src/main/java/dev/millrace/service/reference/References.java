package dev.millrace.service.reference;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ReferenceDeclaration;
import dev.millrace.pipeline.transform.Reference;
import dev.millrace.pipeline.transform.ReferenceShape;
import dev.millrace.service.pipelines.PipelinesConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** The references of the pipelines that run. One thread looks at all files, one more a topic follows it. Thread-safe. */
@ApplicationScoped
public class References {
    private static final Logger LOG = Logger.getLogger(References.class);

    private final ReferenceSettings settings;
    private final Path folder;
    private final String service;
    private final Map<String, Object> kafka;
    private final ReferenceMeters meters;
    /** By the version of a pipeline's state that reads them: two are there while one takes over from the other. */
    private final Map<String, Opened> open = new ConcurrentHashMap<>();

    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "references");
        thread.setDaemon(true);
        return thread;
    });

    private record Opened(String pipeline, Map<ReferenceShape, Followed> references) {}

    References(
            ReferenceSettings settings,
            PipelinesConfig pipelines,
            @ConfigProperty(name = "quarkus.application.name") String service,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            MeterRegistry registry) {
        this.settings = settings;
        this.folder = settings.dir().orElseGet(pipelines::dir);
        this.service = service;
        this.kafka = kafka;
        this.meters = new ReferenceMeters(registry);
        watcher.scheduleWithFixedDelay(
                this::look, settings.poll().toMillis(), settings.poll().toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Reads the pipeline's references whole, and follows them from then on until they are closed.
     *
     * @throws IllegalStateException if one can not be read
     */
    public Function<ReferenceShape, Reference> open(Pipeline pipeline) {
        String name = pipeline.name();
        Map<ReferenceShape, Followed> references = new LinkedHashMap<>();
        try {
            for (ReferenceShape shape : pipeline.transform().references()) {
                references.put(shape, begin(name, shape));
            }
            for (Followed reference : references.values()) {
                if (reference instanceof TopicReference topic) {
                    topic.awaitWhole(settings.startTimeout());
                }
            }
        } catch (UnreadableReferenceException e) {
            references.values().forEach(Followed::close);
            throw new IllegalStateException(e.getMessage(), e);
        }
        // What was opened for a stream that could not be made then.
        close(pipeline);
        open.put(application(pipeline), new Opened(name, references));
        show(name);
        return references::get;
    }

    private Followed begin(String pipeline, ReferenceShape shape) throws UnreadableReferenceException {
        return shape.from() instanceof ReferenceDeclaration.File file
                ? new FileReference(pipeline, folder.resolve(file.path()), shape, settings.maxRows())
                : new TopicReference(
                        pipeline, shape.from().declaredName(), shape, settings.maxRows(), client(pipeline));
    }

    private Map<String, Object> client(String pipeline) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("client.id", service + "-" + pipeline + "-reference");
        return settings;
    }

    /** The references of this version of the pipeline are not needed any more. */
    public void close(Pipeline pipeline) {
        close(application(pipeline));
    }

    private void close(String application) {
        Opened gone = open.remove(application);
        if (gone != null) {
            show(gone.pipeline());
            gone.references().values().forEach(Followed::close);
        }
    }

    private static String application(Pipeline pipeline) {
        return pipeline.topics().transform(pipeline.stateVersion());
    }

    private synchronized void show(String pipeline) {
        meters.hide(pipeline);
        List<Followed> all = open.values().stream()
                .filter(opened -> opened.pipeline().equals(pipeline))
                .flatMap(opened -> opened.references().values().stream())
                .toList();
        if (!all.isEmpty()) {
            meters.show(pipeline, all);
        }
    }

    /** What each reference holds and what is wrong with it, in words, by pipeline and name. */
    public Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        open.values()
                .forEach(opened -> opened.references()
                        .values()
                        .forEach(reference -> states.merge(
                                opened.pipeline() + "/" + reference.name(),
                                reference.size() + " rows"
                                        + reference
                                                .problem()
                                                .map(why -> "; " + why)
                                                .orElse(""),
                                (one, other) -> one.length() > other.length() ? one : other)));
        return states;
    }

    private void look() {
        try {
            open.values()
                    .forEach(opened -> opened.references().values().forEach(reference -> {
                        if (reference instanceof FileReference file) {
                            file.look();
                        }
                    }));
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.error("looking at reference files failed; trying again", e);
        }
    }

    @PreDestroy
    void closeAll() {
        watcher.shutdown();
        List.copyOf(open.keySet()).forEach(this::close);
    }
}
