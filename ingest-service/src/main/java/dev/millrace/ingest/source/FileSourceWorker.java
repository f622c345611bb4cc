package dev.millrace.ingest.source;

import dev.millrace.ingest.IngestMetrics;
import dev.millrace.ingest.intake.EventIntake;
import dev.millrace.ingest.intake.LabelIntake;
import dev.millrace.ingest.intake.RecordIntake;
import dev.millrace.ingest.position.PositionLog;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.SourceDeclaration;
import dev.millrace.pipeline.declaration.SourceDeclaration.FileFormat;
import dev.millrace.service.leadership.Leadership;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Reads the files of one pipeline, one after the other, on a thread of its own, until it is closed. Whatever the broker
 * does, it starts over from the committed positions.
 */
final class FileSourceWorker implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(FileSourceWorker.class);

    private final Pipeline pipeline;
    private final FileSettings settings;
    private final Map<String, Object> kafka;
    private final IngestMetrics metrics;
    private final Leadership leadership;
    private final List<Source> sources = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;

    FileSourceWorker(
            Pipeline pipeline,
            List<SourceDeclaration.File> files,
            FileSettings settings,
            Map<String, Object> kafka,
            IngestMetrics metrics,
            Leadership leadership) {
        this.pipeline = pipeline;
        this.settings = settings;
        this.kafka = kafka;
        this.metrics = metrics;
        this.leadership = leadership;
        files.forEach(file -> sources.add(new Source(
                file, new WatchedFolder(settings.dataDir(), file.path()), ingestion(file.labels()), new HashMap<>())));
        this.thread = new Thread(this::run, "files-" + pipeline.name());
    }

    /**
     * What is read, where it is looked for, and what reads it.
     *
     * @param unread of each file that has something to be read, when that was first seen, in milliseconds of the epoch
     */
    private record Source(
            SourceDeclaration.File declared, WatchedFolder folder, FileIngestion ingestion, Map<Path, Long> unread) {
        /**
         * Since when the file waits: since it was last written when it was first seen. One that is always being written
         * waits no less than one that is not.
         */
        long waitsSince(WatchedFolder.Found found) {
            return unread.computeIfAbsent(found.file(), file -> found.modifiedMillis());
        }
    }

    /** A file can hold both events and labels for them, so each is read by itself. */
    private FileIngestion ingestion(Optional<String> labels) {
        RecordIntake intake = labels.isPresent() ? new LabelIntake(pipeline, labels.get()) : new EventIntake(pipeline);
        String owner = pipeline.name() + labels.map(name -> " labels " + name).orElse("");
        return new FileIngestion(intake, owner, settings.dataDir(), settings.files(), metrics, () -> !mayRead());
    }

    void start() {
        thread.start();
    }

    /** Waits until the chunk at hand is committed. */
    @Override
    public void close() {
        stopping.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(20));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        MDC.put("pipeline", pipeline.name());
        while (stopping.getCount() > 0) {
            if (!leadership.held()) {
                pause(settings.files().poll());
                continue;
            }
            String id = "millrace-ingest-files-" + pipeline.name() + "-"
                    + settings.files().instance();
            try (PositionLog log = PositionLog.open(kafka, id)) {
                watch(log);
            } catch (KafkaException e) {
                LOG.warnf(
                        "pipeline %s: files: the broker failed, reading on from what was committed: %s",
                        pipeline.name(), e.toString());
                pause(Duration.ofSeconds(1));
            } catch (RuntimeException e) {
                LOG.errorf(e, "pipeline %s: files: reading failed, trying again", pipeline.name());
                pause(Duration.ofSeconds(5));
            }
        }
    }

    private void watch(PositionLog log) {
        while (mayRead()) {
            sources.forEach(source -> readAll(source, log));
            pause(settings.files().poll());
        }
        // Another replica knows the lag now.
        sources.forEach(source -> reportLag(source.declared(), Long.MAX_VALUE));
    }

    /** One replica reads; that another one has just begun to is noticed by the broker, which takes no commit of this one. */
    private boolean mayRead() {
        return stopping.getCount() > 0 && leadership.held();
    }

    private void readAll(Source source, PositionLog log) {
        try {
            long oldest = Long.MAX_VALUE;
            Map<Path, WatchedFolder.Found> files = source.folder().look();
            source.unread().keySet().retainAll(files.keySet());
            for (WatchedFolder.Found found : files.values()) {
                if (!mayRead()) {
                    return;
                }
                if (!source.ingestion().isUnread(found, log)) {
                    source.unread().remove(found.file());
                } else {
                    oldest = Math.min(oldest, source.waitsSince(found));
                    if (found.stable()) {
                        reportLag(source.declared(), oldest);
                        read(source, found, log);
                    }
                }
            }
            reportLag(source.declared(), oldest);
        } catch (IOException e) {
            LOG.errorf(
                    "pipeline %s: files %s can not be looked at: %s",
                    pipeline.name(), source.declared().path(), e);
        }
    }

    private void read(Source source, WatchedFolder.Found found, PositionLog log) {
        try {
            FileFormat format = source.declared()
                    .format()
                    .or(() -> FileFormat.ofName(found.file().toString()))
                    .orElse(FileFormat.NDJSON);
            source.ingestion().read(found, format, log);
        } catch (IOException e) {
            LOG.errorf("pipeline %s: %s can not be read: %s", pipeline.name(), found.file(), e);
        }
    }

    private void reportLag(SourceDeclaration.File source, long oldest) {
        Duration lag = oldest == Long.MAX_VALUE
                ? Duration.ZERO
                : Duration.ofMillis(Math.max(0, System.currentTimeMillis() - oldest));
        metrics.lag(pipeline.name(), "file:" + source.path(), lag);
    }

    private void pause(Duration time) {
        try {
            stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping.countDown();
        }
    }
}
