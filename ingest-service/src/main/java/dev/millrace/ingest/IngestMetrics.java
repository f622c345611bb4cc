package dev.millrace.ingest;

import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.metrics.StageMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** What ingest counts, always after the broker has it. Thread-safe. */
@ApplicationScoped
public class IngestMetrics {
    /** The outcome of a label, which is no event: it is in no balance of events. */
    public static final String LABEL = "label";

    private final MeterRegistry registry;
    private final StageMetrics stage;
    private final Map<String, Duration> lags = new ConcurrentHashMap<>();

    IngestMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.stage = new StageMetrics(registry, Stage.INGEST);
    }

    /** Counts a record that the broker has: an event, a label or a rejection. */
    public void sent(String pipeline, ProducerRecord<byte[], byte[]> record) {
        Header reason = record.headers().lastHeader(Rejection.REASON_HEADER);
        if (reason != null) {
            stage.rejected(pipeline, new RejectionReason(new String(reason.value(), StandardCharsets.UTF_8)));
        } else if (record.headers().lastHeader(EventHeaders.ID) == null) {
            stage.events(pipeline, LABEL, 1);
        } else {
            stage.events(pipeline, StageMetrics.OK, 1);
            stage.age(pipeline, Duration.ofMillis(System.currentTimeMillis() - record.timestamp()));
        }
    }

    /** Records how long a request or a chunk of a file took, from its first byte to the broker's answer. */
    public void worked(String pipeline, Duration time) {
        stage.worked(pipeline, time);
    }

    /** Says how long the oldest file of a source has been waiting to be read to its end. */
    public void lag(String pipeline, String source, Duration lag) {
        String key = pipeline + "\n" + source;
        if (lags.put(key, lag) == null) {
            Gauge.builder("millrace.source.lag", () -> lags.get(key).toMillis() / 1000.0)
                    .baseUnit("seconds")
                    .description("How long the oldest file of a source has been waiting to be read to its end.")
                    .tags("pipeline", pipeline, "source", source)
                    .register(registry);
        }
    }

    /** Watches the bytes of the requests that are being answered. */
    public void inFlight(Supplier<Number> bytes) {
        Gauge.builder("millrace.http.in.flight", bytes)
                .baseUnit("bytes")
                .description("Bytes of the requests that are being answered.")
                .register(registry);
    }
}
