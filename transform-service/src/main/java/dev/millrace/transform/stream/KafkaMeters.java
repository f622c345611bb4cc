package dev.millrace.transform.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.KafkaStreams;

/** The metrics of Kafka Streams and its clients, exposed by pipeline where the settings ask for it. Thread-safe. */
@ApplicationScoped
public class KafkaMeters {
    private final StreamsSettings settings;
    private final MeterRegistry registry;
    private final Map<String, KafkaStreamsMetrics> exposed = new ConcurrentHashMap<>();

    KafkaMeters(StreamsSettings settings, MeterRegistry registry) {
        this.settings = settings;
        this.registry = registry;
    }

    void expose(String application, String pipeline, KafkaStreams streams) {
        if (settings.kafkaMetrics()) {
            KafkaStreamsMetrics meters = new KafkaStreamsMetrics(streams, Tags.of("pipeline", pipeline));
            meters.bindTo(registry);
            exposed.put(application, meters);
        }
    }

    void hide(String application) {
        KafkaStreamsMetrics meters = exposed.remove(application);
        if (meters != null) {
            meters.close();
        }
    }
}
