package dev.millrace.load.audit;

import dev.millrace.load.schema.IncompatibleTableException;
import dev.millrace.load.schema.StarSchema;
import dev.millrace.load.worker.LoadConfig;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.pipelines.PipelineListener;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Audits each pipeline that is loaded into the warehouse. */
@ApplicationScoped
public class Auditor implements PipelineListener {
    private static final int FETCH_BYTES = 4 * 1024 * 1024;
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private record Running(PipelineAudit audit, Thread thread) {}

    private final AuditConfig config;
    private final LoadConfig load;
    private final DataSource database;
    private final AuditMetrics metrics;
    private final Map<String, Object> kafka;
    private final String holder = UUID.randomUUID().toString();
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private Admin admin;

    Auditor(
            AuditConfig config,
            LoadConfig load,
            DataSource database,
            AuditMetrics metrics,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.config = config;
        this.load = load;
        this.database = database;
        this.metrics = metrics;
        this.kafka = kafka;
    }

    @Override
    public void started(Pipeline pipeline) {
        if (!config.enabled() || !isLoaded(pipeline)) {
            return;
        }
        if (admin == null) {
            admin = Admin.create(new HashMap<>(kafka));
        }
        String name = pipeline.name();
        PipelineAudit audit = new PipelineAudit(
                pipeline,
                config,
                database,
                new AuditedTopics(pipeline, new KafkaConsumer<>(consumerSettings(name))),
                new Broker(admin),
                new AuditBook(name, pipeline.topicToLoad(), holder, LEASE.plus(config.every())),
                metrics);
        Thread thread = new Thread(audit, "audit-" + name);
        running.put(name, new Running(audit, thread));
        thread.start();
    }

    @Override
    public void stopped(String name) {
        Running ended = running.remove(name);
        if (ended == null) {
            return;
        }
        ended.audit().stop();
        try {
            ended.thread().join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isLoaded(Pipeline pipeline) {
        try {
            return StarSchema.of(pipeline, load.schema()).isPresent();
        } catch (IncompatibleTableException notLoaded) {
            return false;
        }
    }

    private Map<String, Object> consumerSettings(String pipeline) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "millrace-audit-" + pipeline);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 1_000);
        // Nobody waits for the audit: larger fetches, less work for the broker.
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 64 * 1024);
        return settings;
    }

    @PreDestroy
    void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
        }
    }
}
