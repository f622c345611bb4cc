package dev.millrace.model.feature;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.state.StepLayout;
import dev.millrace.pipeline.transform.Completion;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.service.pipelines.PipelineListener;
import dev.millrace.service.reference.References;
import dev.millrace.service.secret.Secrets;
import dev.millrace.service.state.LocalState;
import dev.millrace.service.state.StateBook;
import dev.millrace.service.state.StateRecord;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jboss.logging.Logger;

/**
 * Follows, for pipelines whose models need it, what completes an event outside of the stream. Where a new version of a
 * pipeline's state is built, it is followed beside the old one, so that it is there when it takes over. One thread does
 * all of the work; asking is thread-safe.
 */
@ApplicationScoped
public class LiveFeatures implements PipelineListener {
    private static final Logger LOG = Logger.getLogger(LiveFeatures.class);

    private final Secrets secrets;
    private final References references;
    private final StateBook book;
    private final Admin admin;
    private final Optional<RedisServer> redis;
    private final Function<Pipeline, WindowCopy> copying;
    private final Map<String, Pipeline> needed = new ConcurrentHashMap<>();
    private final Map<String, Bound> bound = new ConcurrentHashMap<>();
    private final Map<String, WindowCopy> copies = new ConcurrentHashMap<>();
    private final Map<String, String> problems = new ConcurrentHashMap<>();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "live-features");
        thread.setDaemon(true);
        return thread;
    });

    /** A pipeline's transform with its secrets and references. */
    private record Bound(Pipeline pipeline, Transform transform) {}

    LiveFeatures(
            FeatureSettings settings,
            Secrets secrets,
            References references,
            StateBook book,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.secrets = secrets;
        this.references = references;
        this.book = book;
        Map<String, Object> asking = new HashMap<>(kafka);
        asking.put("client.id", "millrace-features");
        this.admin = Admin.create(asking);
        this.redis = settings.redis().url().map(url -> new RedisServer(url, settings.redis()));
        LocalState state = new LocalState(settings.dir(), admin);
        this.copying = pipeline -> redis.<WindowCopy>map(server -> new RedisFollower(pipeline, server, kafka, admin))
                .orElseGet(() -> new WindowFollower(pipeline, state, kafka, admin));
        long poll = settings.poll().toMillis();
        worker.scheduleWithFixedDelay(this::look, poll, poll, TimeUnit.MILLISECONDS);
    }

    /** Whether those clean fields of an event are told by more than the event. */
    public static boolean areNeededFor(Pipeline pipeline, Collection<String> cleanFields) {
        Completion completion = pipeline.transform().completing(cleanFields, List.of());
        return !completion.windows().isEmpty()
                || !completion.references().isEmpty()
                || !completion.secrets().isEmpty();
    }

    /** Begins to follow what completes events of that pipeline. */
    public void need(Pipeline pipeline) {
        if (needed.put(pipeline.name(), pipeline) != pipeline) {
            worker.execute(this::look);
        }
    }

    /**
     * What completes events of that pipeline.
     *
     * @throws StateAwayException if it is not all there yet, or not any more
     */
    public LiveTransform of(Pipeline pipeline) {
        Bound known = bound.get(pipeline.name());
        if (known == null || known.pipeline() != pipeline) {
            throw new StateAwayException(problems.getOrDefault(pipeline.name(), "its references are being read"));
        }
        if (!known.transform().hasWindows()) {
            return new LiveTransform(known.transform(), Optional.empty());
        }
        WindowCopy copy = copies.get(application(pipeline));
        Optional<String> problem =
                copy == null ? Optional.of("the state of its windows is being read") : copy.problem();
        if (problem.isPresent()) {
            throw new StateAwayException(problem.get());
        }
        return new LiveTransform(known.transform(), Optional.of(copy));
    }

    @Override
    public void started(Pipeline pipeline) {
        // Not before a model needs it.
    }

    @Override
    public void changed(Pipeline pipeline) {
        // The one before goes on being followed until this one is needed: they may share all of it.
        if (pipeline.declaration().spec().model().isEmpty()) {
            stopped(pipeline.name());
        }
    }

    @Override
    public void stopped(String name) {
        needed.remove(name);
        worker.execute(this::look);
    }

    private void look() {
        try {
            Map<String, Supplier<Pipeline>> wanted = wanted();
            wanted.forEach((application, pipeline) ->
                    copies.computeIfAbsent(application, absent -> copying.apply(pipeline.get())));
            needed.values().forEach(this::bind);
            for (Bound old : List.copyOf(bound.values())) {
                if (!needed.containsKey(old.pipeline().name())) {
                    bound.remove(old.pipeline().name());
                    references.close(old.pipeline());
                }
            }
            for (String application : List.copyOf(copies.keySet())) {
                if (!wanted.containsKey(application)) {
                    end(copies.remove(application));
                }
            }
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.warnf("looking for the state of windows failed; trying again: %s", e.getMessage());
        }
    }

    /** By the names of their copies, the versions whose windows are followed: also the one that is being built. */
    private Map<String, Supplier<Pipeline>> wanted() {
        Map<String, Supplier<Pipeline>> wanted = new HashMap<>();
        Map<String, StateRecord> records = needed.isEmpty() ? Map.of() : book.latest();
        needed.forEach((name, pipeline) -> {
            if (pipeline.transform().hasWindows()) {
                wanted.put(application(pipeline), () -> pipeline);
            }
            Optional.ofNullable(records.get(name)).stream()
                    .flatMap(record -> Stream.concat(Stream.of(record.running()), record.next().stream()))
                    .filter(version -> version.layout().steps().stream().anyMatch(StepLayout.Window.class::isInstance))
                    .forEach(version ->
                            wanted.putIfAbsent(WindowCopy.application(name, version.name()), version::pipeline));
        });
        return wanted;
    }

    private void end(WindowCopy ended) {
        ended.close();
        // Where the pipeline itself is gone, or this service ends, what was read is of use to whoever starts it again.
        if (needed.containsKey(ended.pipeline())) {
            ended.forget();
        }
    }

    private void bind(Pipeline pipeline) {
        String name = pipeline.name();
        Bound before = bound.get(name);
        if (before != null && before.pipeline() == pipeline) {
            return;
        }
        try {
            Transform transform = pipeline.transform().with(secrets::of).lookingUpIn(references.open(pipeline));
            bound.put(name, new Bound(pipeline, transform));
            problems.remove(name);
            if (before != null && !application(before.pipeline()).equals(application(pipeline))) {
                references.close(before.pipeline());
            }
        } catch (RuntimeException e) {
            if (!String.valueOf(e.getMessage()).equals(problems.put(name, String.valueOf(e.getMessage())))) {
                LOG.warnf("pipeline %s: its events can not be completed: %s", name, e.getMessage());
            }
        }
    }

    private static String application(Pipeline pipeline) {
        return WindowCopy.application(pipeline.name(), pipeline.stateVersion());
    }

    @PreDestroy
    void close() {
        worker.shutdownNow();
        copies.values().forEach(WindowCopy::close);
        redis.ifPresent(RedisServer::close);
        admin.close(Duration.ofSeconds(1));
    }
}
