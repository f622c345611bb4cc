package dev.millrace.load.worker;

import dev.millrace.load.batch.LoadPlan;
import dev.millrace.load.schema.IncompatibleTableException;
import dev.millrace.load.schema.StarSchema;
import dev.millrace.load.warehouse.Warehouse;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.pipelines.PipelineListener;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/** Runs one worker for each pipeline that has a {@code postgres} sink. */
@ApplicationScoped
public class Loader implements PipelineListener {
    private static final Logger LOG = Logger.getLogger(Loader.class);
    private static final int FETCH_BYTES = 8 * 1024 * 1024;

    private final LoadConfig config;
    private final DataSource database;
    private final OwnTables ownTables;
    private final LoadMetrics metrics;
    private final Map<String, Object> kafka;
    private final Map<String, RunningPipeline> running = new ConcurrentHashMap<>();
    private final Map<String, WorkerState> without = new ConcurrentHashMap<>();

    Loader(
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
        try {
            Optional<StarSchema> star = StarSchema.of(pipeline, config.schema());
            if (star.isPresent()) {
                RunningPipeline worker = worker(LoadPlan.of(pipeline, star.get()));
                worker.start();
                running.put(pipeline.name(), worker);
            } else {
                without.put(pipeline.name(), new WorkerState.Idle());
            }
        } catch (IncompatibleTableException e) {
            LOG.errorf("pipeline %s is not loaded: %s", pipeline.name(), e.getMessage());
            without.put(pipeline.name(), new WorkerState.Refused(e.getMessage()));
        }
    }

    @Override
    public void stopped(String name) {
        without.remove(name);
        RunningPipeline worker = running.remove(name);
        if (worker != null) {
            worker.stop();
        }
    }

    /** What the worker of each pipeline is doing. */
    public Map<String, WorkerState> states() {
        Map<String, WorkerState> states = new TreeMap<>(without);
        running.forEach((name, worker) -> states.put(name, worker.state()));
        return states;
    }

    /** The pipelines whose threads have ended though nobody told them to. */
    List<String> broken() {
        return running.entrySet().stream()
                .filter(entry -> entry.getValue().isBroken())
                .map(Map.Entry::getKey)
                .toList();
    }

    private RunningPipeline worker(LoadPlan plan) {
        String name = plan.pipeline().name();
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerSettings(name));
        BatchLoader loader = new BatchLoader(
                name, ownTables, new Warehouse(database, plan), new Backoff(config.retryFirst(), config.retryAtMost()));
        RejectionSender rejections =
                new RejectionSender(database, plan.pipeline().topicToLoad(), kafka);
        PipelineWorker worker = new PipelineWorker(plan, config, database, consumer, loader, rejections, metrics);
        return new RunningPipeline(name, consumer, loader, worker, metrics);
    }

    private Map<String, Object> consumerSettings(String pipeline) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, "millrace-load-" + pipeline);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // Where to read on is the warehouse's to say; the broker's guess would skip or repeat in silence.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(config.batchRows(), 2000));
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        int session = (int) config.sessionTimeout().toMillis();
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, session);
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, session / 3);
        return settings;
    }
}
