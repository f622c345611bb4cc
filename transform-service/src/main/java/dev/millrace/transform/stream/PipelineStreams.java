package dev.millrace.transform.stream;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.pipelines.PipelineListener;
import dev.millrace.transform.TransformMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaStreams;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** One Kafka Streams instance a pipeline, so that pipelines come, go and fail without each other. Thread-safe. */
@ApplicationScoped
public class PipelineStreams implements PipelineListener {
    private record Running(PipelineStream stream, AutoCloseable metrics) {}

    private final StreamsSettings settings;
    private final StreamsProperties properties;
    private final Instance instance;
    private final TransformMetrics metrics;
    private final MeterRegistry registry;
    private final Admin admin;
    private final TopicSizes sizes;
    private final Map<String, Running> running = new ConcurrentHashMap<>();

    PipelineStreams(
            StreamsSettings settings,
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
            Instance instance,
            TransformMetrics metrics,
            MeterRegistry registry) {
        this.settings = settings;
        this.properties = new StreamsProperties(settings, bootstrapServers, instance.name());
        this.instance = instance;
        this.metrics = metrics;
        this.registry = registry;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers, "client.id", "millrace-transform"));
        this.sizes = new TopicSizes(admin);
    }

    @Override
    public void started(Pipeline pipeline) {
        PipelineStream stream = new PipelineStream(
                pipeline, metrics.of(pipeline), sizes, properties.of(pipeline.name()), instance.name());
        running.put(pipeline.name(), new Running(stream, expose(pipeline.name(), stream.kafkaStreams())));
        stream.start();
    }

    @Override
    public void stopped(String name) {
        Running gone = running.remove(name);
        if (gone != null) {
            gone.stream().stop(settings.stopTimeout());
            close(gone.metrics());
        }
    }

    /** The state of each pipeline's instance, by the pipeline's name. */
    Map<String, KafkaStreams.State> states() {
        Map<String, KafkaStreams.State> states = new TreeMap<>();
        running.forEach((name, pipeline) ->
                states.put(name, pipeline.stream().kafkaStreams().state()));
        return states;
    }

    private AutoCloseable expose(String pipeline, KafkaStreams streams) {
        if (!settings.kafkaMetrics()) {
            return () -> {};
        }
        KafkaStreamsMetrics meters = new KafkaStreamsMetrics(streams, Tags.of("pipeline", pipeline));
        meters.bindTo(registry);
        return meters;
    }

    private static void close(AutoCloseable metrics) {
        try {
            metrics.close();
        } catch (Exception e) {
            throw new IllegalStateException("meters can not be taken away", e);
        }
    }

    @PreDestroy
    void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
