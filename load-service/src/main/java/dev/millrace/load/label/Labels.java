package dev.millrace.load.label;

import dev.millrace.load.warehouse.LabelTable;
import dev.millrace.load.worker.Backoff;
import dev.millrace.load.worker.LoadConfig;
import dev.millrace.load.worker.LoadMetrics;
import dev.millrace.load.worker.OwnTables;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.SinkDeclaration;
import dev.millrace.service.pipelines.PipelineListener;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/** Runs one worker for each pipeline that has labels and a {@code postgres} sink. */
@ApplicationScoped
public class Labels implements PipelineListener {
    private static final Logger LOG = Logger.getLogger(Labels.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LoadConfig config;
    private final DataSource database;
    private final OwnTables ownTables;
    private final LoadMetrics metrics;
    private final Map<String, Object> kafka;
    private final Map<String, Running> running = new ConcurrentHashMap<>();

    Labels(
            LoadConfig config,
            DataSource database,
            OwnTables ownTables,
            LoadMetrics metrics,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.config = config;
        this.database = database;
        this.ownTables = ownTables;
        this.metrics = metrics;
        this.kafka = kafka;
    }

    private record Running(LabelWorker worker, Thread thread) {}

    @Override
    public void started(Pipeline pipeline) {
        boolean loaded =
                pipeline.declaration().spec().sinks().stream().anyMatch(SinkDeclaration.Postgres.class::isInstance);
        if (!loaded || pipeline.declaration().spec().labels().isEmpty()) {
            return;
        }
        Map<String, LabelTable> tables = new LinkedHashMap<>();
        for (String labels : pipeline.declaration().spec().labels().keySet()) {
            String topic = pipeline.topics().labels(labels);
            tables.put(
                    topic, new LabelTable(database, LabelTable.named(config.schema(), labels), pipeline.name(), topic));
        }
        LabelWorker worker = new LabelWorker(
                pipeline.name(),
                tables,
                ownTables,
                new KafkaConsumer<>(consumerSettings(pipeline.name())),
                new Backoff(config.retryFirst(), config.retryAtMost()),
                (table, count) -> metrics.inserted(pipeline.name(), table, count));
        Thread thread = new Thread(worker, "labels-" + pipeline.name());
        running.put(pipeline.name(), new Running(worker, thread));
        thread.start();
    }

    @Override
    public void stopped(String name) {
        Running labels = running.remove(name);
        if (labels == null) {
            return;
        }
        labels.worker().stop();
        try {
            labels.thread().join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (labels.thread().isAlive()) {
            LOG.warnf("labels of pipeline %s: still busy; the offsets keep it from doing harm", name);
        }
    }

    private Map<String, Object> consumerSettings(String pipeline) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, "millrace-load-" + pipeline + "-labels");
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        int session = (int) config.sessionTimeout().toMillis();
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, session);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, session / 3);
        return settings;
    }
}
