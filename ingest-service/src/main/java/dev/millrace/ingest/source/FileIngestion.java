package dev.millrace.ingest.source;

import dev.millrace.ingest.IngestMetrics;
import dev.millrace.ingest.intake.Candidate;
import dev.millrace.ingest.intake.Intake;
import dev.millrace.ingest.intake.RecordIntake;
import dev.millrace.ingest.position.FilePosition;
import dev.millrace.ingest.position.PositionLog;
import dev.millrace.pipeline.declaration.SourceDeclaration.FileFormat;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.file.FileRecord;
import dev.millrace.service.file.RecordReader;
import dev.millrace.service.file.UnreadableFileException;
import dev.millrace.service.tracing.Sending;
import dev.millrace.service.tracing.StageTraces;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;

/**
 * Reads one file from where it was left to its end, in chunks that are committed with the position they reach. A file is
 * the same file while its first bytes are the same: it is then read on, else from its beginning. One thread.
 */
final class FileIngestion {
    private static final Logger LOG = Logger.getLogger(FileIngestion.class);
    private static final int HEAD = 1024;
    private static final int MAX_CHUNK_BYTES = 4 * 1024 * 1024;
    private static final long REPORT_NANOS = Duration.ofSeconds(5).toNanos();

    private final RecordIntake intake;
    private final String owner;
    private final Path root;
    private final FileSettings.Files settings;
    private final IngestMetrics metrics;
    private final BooleanSupplier stopping;
    private final StageTraces traces;

    /**
     * Reads files below that folder.
     *
     * @param owner under which name positions are kept; a file may be read for several
     * @param stopping whether it is time to stop
     */
    FileIngestion(
            RecordIntake intake,
            String owner,
            Path root,
            FileSettings.Files settings,
            IngestMetrics metrics,
            BooleanSupplier stopping) {
        this.intake = intake;
        this.owner = owner;
        this.root = root;
        this.settings = settings;
        this.metrics = metrics;
        this.stopping = stopping;
        this.traces = StageTraces.of(Stage.INGEST, intake.pipeline().name());
    }

    /** Whether there is more in the file than was read. */
    boolean isUnread(WatchedFolder.Found found, PositionLog log) throws IOException {
        Optional<FilePosition> position = log.find(key(found.file()));
        return position.isEmpty()
                || position.get().size() != found.size()
                || !fingerprint(root.resolve(found.file()), position.get().head())
                        .equals(position.get().fingerprint());
    }

    /** Reads what is unread; returns early when it is told to stop. */
    void read(WatchedFolder.Found found, FileFormat format, PositionLog log) throws IOException {
        new Run(found, format, log).read();
    }

    /** One reading of one file. */
    private final class Run {
        private final WatchedFolder.Found found;
        private final FileFormat format;
        private final PositionLog log;
        private final FilePosition begin;
        private final String source;
        private final boolean settled;
        private final long start = System.nanoTime();
        private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        private int size;
        private long number;
        private long refused;
        private long reported = start;

        Run(WatchedFolder.Found found, FileFormat format, PositionLog log) throws IOException {
            this.found = found;
            this.format = format;
            this.log = log;
            this.begin = begin(found, log);
            this.source = "file:" + found.file().toString().replace('\\', '/');
            this.settled = found.quiet().compareTo(settings.settle()) >= 0;
        }

        void read() throws IOException {
            FilePosition end;
            try (InputStream bytes = Files.newInputStream(root.resolve(found.file()));
                    RecordReader reader = RecordReader.open(bytes, format, intake.schema())) {
                end = readRecords(reader);
            } catch (UnreadableFileException e) {
                end = endAtFailure(e);
            }
            boolean moved = log.find(key(found.file())).filter(end::equals).isEmpty();
            if (moved || !records.isEmpty()) {
                commit(end);
            }
            if (moved && end.size() == found.size()) {
                LOG.infof(
                        "pipeline %s: %s: read to its end: %,d records, %,d of them new, %,d refused, %.1f s",
                        intake.pipeline().name(),
                        found.file(),
                        number,
                        Math.max(0, number - begin.records()),
                        refused,
                        (System.nanoTime() - start) / 1e9);
            }
        }

        /** Reads on from the position where it began, and gives the one it came to. */
        private FilePosition readRecords(RecordReader reader) throws UnreadableFileException {
            Optional<FileRecord> next = reader.next();
            while (next.isPresent()) {
                if (stopping.getAsBoolean()) {
                    return readUntil(number);
                }
                if (number >= begin.records()) {
                    Intake taken = take(next.get(), source, begin.fingerprint(), number + 1);
                    boolean open = reader.isOpenEnded();
                    if (open && !settled && mayBeHalf(taken)) {
                        return readUntil(number);
                    }
                    add(taken);
                    if (open && !taken.accepted()) {
                        // Refused as it stands; if it is written to its end after all, it is read again.
                        return begin.atEnd(number, found.size());
                    }
                }
                number++;
                if (records.size() >= settings.chunk() || size >= MAX_CHUNK_BYTES) {
                    commit(readUntil(number));
                }
                report();
                next = reader.next();
            }
            return begin.atEnd(number, found.size());
        }

        /** Nothing is left out of a JSON object that can be read; a CSV row without its end can miss half a cell. */
        private boolean mayBeHalf(Intake last) {
            return format == FileFormat.CSV || !last.accepted();
        }

        /** A file that is still being copied can not be read either, until it is. */
        private FilePosition endAtFailure(UnreadableFileException failure) {
            if (!settled) {
                return readUntil(number);
            }
            LOG.errorf("pipeline %s: %s: %s", intake.pipeline().name(), found.file(), failure.getMessage());
            add(unreadable(found.file(), source, begin.fingerprint(), number, failure));
            return begin.atEnd(Math.max(number, begin.records()), found.size());
        }

        /** Never before the position where it began: what lies between was sent already. */
        private FilePosition readUntil(long records) {
            return records <= begin.records() ? begin : begin.after(records);
        }

        private void add(Intake taken) {
            refused += taken.accepted() ? 0 : 1;
            records.add(taken.record());
            size += taken.size();
        }

        private void commit(FilePosition position) {
            long begun = System.nanoTime();
            try (Sending traced = traces.sending()) {
                records.forEach(traced::carry);
                log.commit(records, key(found.file()), position);
                traced.done();
            }
            records.forEach(record -> metrics.sent(intake.pipeline().name(), record));
            metrics.worked(intake.pipeline().name(), Duration.ofNanos(System.nanoTime() - begun));
            records.clear();
            size = 0;
        }

        private void report() {
            if (System.nanoTime() - reported > REPORT_NANOS) {
                reported = System.nanoTime();
                LOG.infof(
                        "pipeline %s: %s: %,d records so far", intake.pipeline().name(), found.file(), number);
            }
        }
    }

    private FilePosition begin(WatchedFolder.Found found, PositionLog log) throws IOException {
        Path path = root.resolve(found.file());
        Optional<FilePosition> known = log.find(key(found.file()));
        int head = (int) Math.min(HEAD, found.size());
        if (known.isPresent()
                && fingerprint(path, known.get().head()).equals(known.get().fingerprint())) {
            return known.get().head() < head ? known.get().of(fingerprint(path, head), head) : known.get();
        }
        return new FilePosition(fingerprint(path, head), head, 0, 0);
    }

    private Intake take(FileRecord record, String source, String fingerprint, long number) {
        String at = source + "#" + record.where().replace(' ', '-');
        String id = EventId.of(source + " " + fingerprint, number);
        if (record instanceof FileRecord.Broken broken) {
            return intake.refuse(broken.original(), broken.violation(), id, at);
        }
        if (record instanceof FileRecord.TooLarge large) {
            return intake.tooLarge(large.beginning(), id, at);
        }
        byte[] json = ((FileRecord.Readable) record).json();
        return intake.take(new Candidate(json, Optional.empty(), at, Optional.empty(), () -> id, Optional.empty()));
    }

    /** What could not be read is kept as one rejection, so that it is seen where every other is. */
    private Intake unreadable(
            Path file, String source, String fingerprint, long number, UnreadableFileException failure) {
        Violation violation = Violation.malformed("a whole file", failure.getMessage());
        byte[] original =
                ("{\"file\":\"" + file.toString().replace('\\', '/') + "\"}").getBytes(StandardCharsets.UTF_8);
        return intake.refuse(original, violation, EventId.of(source + " " + fingerprint + " end", number), source);
    }

    private String key(Path file) {
        return owner + "/" + file.toString().replace('\\', '/');
    }

    private static String fingerprint(Path path, int head) throws IOException {
        try (InputStream bytes = Files.newInputStream(path)) {
            return EventId.ofContent(bytes.readNBytes(head));
        }
    }
}
