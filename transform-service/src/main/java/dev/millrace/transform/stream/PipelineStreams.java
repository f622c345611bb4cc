package dev.millrace.transform.stream;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.pipelines.PipelineListener;
import dev.millrace.transform.TransformMetrics;
import dev.millrace.transform.reference.References;
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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaStreams;

/** One Kafka Streams instance a pipeline, so that pipelines come, go and fail without each other. Thread-safe. */
@ApplicationScoped
public class PipelineStreams implements PipelineListener {
    private final StreamsSettings settings;
    private final StreamsProperties properties;
    private final InstanceClients clients;
    private final TransformMetrics metrics;
    private final KafkaMeters kafkaMeters;
    private final Secrets secrets;
    private final References references;
    private final Admin admin;
    private final TopicSizes sizes;
    private final Map<String, PipelineStream> running = new ConcurrentHashMap<>();

    PipelineStreams(
            StreamsSettings settings,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            Instance instance,
            Secrets secrets,
            References references,
            TransformMetrics metrics,
            KafkaMeters kafkaMeters) {
        this.settings = settings;
        this.properties = new StreamsProperties(settings, kafka, instance.name());
        this.clients = new InstanceClients(instance.name());
        this.secrets = secrets;
        this.references = references;
        this.metrics = metrics;
        this.kafkaMeters = kafkaMeters;
        Map<String, Object> asking = new HashMap<>(kafka);
        asking.put("client.id", "millrace-transform");
        this.admin = Admin.create(asking);
        this.sizes = new TopicSizes(admin);
    }

    @Override
    public void started(Pipeline pipeline) {
        PipelineStream stream = new PipelineStream(
                pipeline,
                pipeline.transform().with(secrets::of).lookingUpIn(references.open(pipeline)),
                metrics.of(pipeline),
                sizes,
                properties,
                clients,
                admin,
                kafkaMeters);
        running.put(pipeline.name(), stream);
        stream.start();
    }

    @Override
    public void stopped(String name) {
        PipelineStream gone = running.remove(name);
        if (gone != null) {
            gone.stop(settings.stopTimeout());
        }
        references.close(name);
    }

    /** The state of each pipeline's instance, by the pipeline's name. */
    Map<String, KafkaStreams.State> states() {
        Map<String, KafkaStreams.State> states = new TreeMap<>();
        running.forEach((name, stream) -> states.put(name, stream.state()));
        return states;
    }

    /** The pipelines that only a restart of the process can help. */
    List<String> broken() {
        return running.entrySet().stream()
                .filter(entry -> entry.getValue().isBroken())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** All at once, before they are stopped one after the other: without a broker each needs its whole time. */
    void stopAll(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) ShutdownEvent event) {
        ExecutorService threads = Executors.newCachedThreadPool();
        CompletableFuture<?>[] stops = running.keySet().stream()
                .map(name -> CompletableFuture.runAsync(() -> stopped(name), threads))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(stops).join();
        threads.shutdown();
    }

    @PreDestroy
    void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
