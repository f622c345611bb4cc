package dev.millrace.ingest.source;

import dev.millrace.ingest.IngestMetrics;
import dev.millrace.ingest.position.PositionLog;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.SourceDeclaration;
import dev.millrace.service.leadership.Leadership;
import dev.millrace.service.pipelines.PipelineListener;
import dev.millrace.service.topics.TopicProvisioner;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Starts and stops the readers of the pipelines' files. */
@ApplicationScoped
public class FileSources implements PipelineListener {
    private final FileSettings settings;
    private final Map<String, Object> kafka;
    private final TopicProvisioner topics;
    private final IngestMetrics metrics;
    private final Leadership leadership;
    private final Map<String, FileSourceWorker> workers = new ConcurrentHashMap<>();

    FileSources(
            FileSettings settings,
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            TopicProvisioner topics,
            IngestMetrics metrics,
            Leadership leadership) {
        this.settings = settings;
        this.kafka = kafka;
        this.topics = topics;
        this.metrics = metrics;
        this.leadership = leadership;
    }

    @Override
    public void started(Pipeline pipeline) {
        List<SourceDeclaration.File> files = pipeline.declaration().spec().sources().stream()
                .filter(SourceDeclaration.File.class::isInstance)
                .map(SourceDeclaration.File.class::cast)
                .toList();
        if (files.isEmpty() || !settings.files().enabled()) {
            return;
        }
        topics.provideCompacted(PositionLog.TOPIC);
        FileSourceWorker worker = new FileSourceWorker(pipeline, files, settings, kafka, metrics, leadership);
        workers.put(pipeline.name(), worker);
        worker.start();
    }

    @Override
    public void stopped(String name) {
        FileSourceWorker worker = workers.remove(name);
        if (worker != null) {
            worker.close();
        }
    }
}
