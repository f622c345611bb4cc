package dev.millrace.transform.stream;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.pipelines.PipelineListener;
import dev.millrace.service.reference.References;
import dev.millrace.service.secret.Secrets;
import dev.millrace.service.state.LocalState;
import dev.millrace.service.state.StateBook;
import dev.millrace.transform.PipelineMeters;
import dev.millrace.transform.TransformMetrics;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaStreams;
import org.jboss.logging.Logger;

/** One Kafka Streams instance a pipeline, and one more while a new version of its state is built, so that pipelines come, go and fail without each other. Thread-safe. */
@ApplicationScoped
public class PipelineStreams implements PipelineListener {
    private static final Logger LOG = Logger.getLogger(PipelineStreams.class);
    private static final long LOOK_MILLIS = 500;

    private final StreamsSettings settings;
    private final StreamsProperties properties;
    private final InstanceClients clients;
    private final TransformMetrics metrics;
    private final KafkaMeters kafkaMeters;
    private final Secrets secrets;
    private final References references;
    private final Admin admin;
    private final TopicSizes sizes;
    private final StateBook book;
    private final Offsets offsets;
    private final Drain drain;
    private final Map<String, Versions> running = new ConcurrentHashMap<>();
    private final ScheduledExecutorService changes = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "state-versions");
        thread.setDaemon(true);
        return thread;
    });

    PipelineStreams(
            StreamsSettings settings,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            Instance instance,
            Secrets secrets,
            References references,
            TransformMetrics metrics,
            KafkaMeters kafkaMeters,
            StateBook book) {
        this.settings = settings;
        this.clients = new InstanceClients(instance.name());
        this.secrets = secrets;
        this.references = references;
        this.metrics = metrics;
        this.kafkaMeters = kafkaMeters;
        this.book = book;
        Map<String, Object> asking = new HashMap<>(kafka);
        asking.put("client.id", "millrace-transform");
        this.admin = Admin.create(asking);
        this.properties =
                new StreamsProperties(settings, kafka, instance.name(), new LocalState(settings.stateDir(), admin));
        this.sizes = new TopicSizes(admin);
        this.offsets = new Offsets(admin);
        this.drain = new Drain(kafka, offsets);
        changes.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void started(Pipeline pipeline) {
        Versions versions = new Versions(
                pipeline.name(), book, offsets, drain, this::streamOf, settings.stopTimeout(), properties.orderWait());
        running.put(pipeline.name(), versions);
        versions.follow();
    }

    /** A version that was built beside the other goes on. */
    @Override
    public void changed(Pipeline pipeline) {
        Versions versions = running.get(pipeline.name());
        if (versions == null) {
            started(pipeline);
        } else {
            versions.follow();
        }
    }

    private PipelineStream streamOf(Pipeline pipeline, Gate gate) {
        PipelineMeters meters = metrics.of(pipeline);
        meters.countWhile(gate::speaks);
        return new PipelineStream(
                pipeline,
                pipeline.transform().with(secrets::of).lookingUpIn(references.open(pipeline)),
                meters,
                sizes,
                properties,
                clients,
                admin,
                kafkaMeters,
                gate,
                () -> references.close(pipeline));
    }

    @Override
    public void stopped(String name) {
        Versions gone = running.remove(name);
        if (gone != null) {
            gone.stop();
        }
    }

    private void look() {
        running.forEach((name, versions) -> {
            try {
                versions.look();
            } catch (RuntimeException e) {
                // A scheduled task that throws is never run again.
                LOG.warnf("pipeline %s: a change of its state waits: %s", name, e.getMessage());
            }
        });
    }

    /** The state of each pipeline's instance, by the pipeline's name; of one that is built beside it, with its version's. */
    Map<String, KafkaStreams.State> states() {
        Map<String, KafkaStreams.State> states = new TreeMap<>();
        running.forEach((name, versions) -> {
            for (PipelineStream stream : versions.streams()) {
                states.putIfAbsent(
                        states.containsKey(name)
                                ? name + "." + stream.pipeline().stateVersion()
                                : name,
                        stream.state());
            }
        });
        return states;
    }

    /** The pipelines that only a restart of the process can help. */
    List<String> broken() {
        return running.entrySet().stream()
                .filter(entry -> entry.getValue().streams().stream().anyMatch(PipelineStream::isBroken))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** All at once, before they are stopped one after the other: without a broker each needs its whole time. */
    void stopAll(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) ShutdownEvent event) {
        changes.shutdown();
        ExecutorService threads = Executors.newCachedThreadPool();
        CompletableFuture<?>[] stops = running.keySet().stream()
                .map(name -> CompletableFuture.runAsync(() -> stopped(name), threads))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(stops).join();
        threads.shutdown();
    }

    @PreDestroy
    void close() {
        changes.shutdownNow();
        admin.close(Duration.ofSeconds(1));
    }
}
