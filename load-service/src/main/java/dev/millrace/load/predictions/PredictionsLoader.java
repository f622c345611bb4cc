package dev.millrace.load.predictions;

import dev.millrace.load.worker.LoadConfig;
import dev.millrace.load.worker.LoadMetrics;
import dev.millrace.load.worker.OwnTables;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.pipelines.PipelineListener;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Runs one worker for each pipeline that has a model. */
@ApplicationScoped
public class PredictionsLoader implements PipelineListener {
    private static final int RECORDS = 1000;

    private final LoadConfig config;
    private final DataSource database;
    private final OwnTables ownTables;
    private final LoadMetrics metrics;
    private final Map<String, Object> kafka;
    private final Map<String, PredictionsWorker> running = new ConcurrentHashMap<>();

    PredictionsLoader(
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

    @Override
    public void started(Pipeline pipeline) {
        if (pipeline.isPredictedFrom()) {
            PredictionsWorker worker = new PredictionsWorker(
                    pipeline.name(),
                    pipeline.topics().predictions(),
                    database,
                    ownTables,
                    metrics,
                    new KafkaConsumer<>(
                            settings(pipeline.name()), new ByteArrayDeserializer(), new ByteArrayDeserializer()));
            running.put(pipeline.name(), worker);
            worker.start();
        }
    }

    @Override
    public void stopped(String name) {
        PredictionsWorker worker = running.remove(name);
        if (worker != null) {
            worker.stop();
        }
    }

    private Map<String, Object> settings(String pipeline) {
        Map<String, Object> settings = new HashMap<>(kafka);
        // With a dot, which no pipeline's name has.
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, "millrace-load-" + pipeline + ".predictions");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS);
        int session = (int) config.sessionTimeout().toMillis();
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, session);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, session / 3);
        return settings;
    }
}
