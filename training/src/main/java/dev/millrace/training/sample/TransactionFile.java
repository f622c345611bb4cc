package dev.millrace.training.sample;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.SourceDeclaration.FileFormat;
import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.service.file.FileRecord;
import dev.millrace.service.file.RecordReader;
import dev.millrace.service.file.UnreadableFileException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A file of events in the order of time, CSV or NDJSON, of which one column is the label: 1 or true for a positive one.
 *
 * @param path the file, perhaps gzipped
 * @param label the column of the labels
 */
public record TransactionFile(Path path, String label) {
    private static final int BUFFER = 65_536;
    private static final long STEP = 10_000;

    /** The samples of its events, each with the features that the pipeline gives it. */
    public Samples read(Pipeline pipeline, Replay replay, SampleReader reader, Samples samples, LongConsumer progress)
            throws IOException, UnreadableFileException {
        Schema events = pipeline.eventReader().schema();
        Schema labelled = events.find(label) >= 0
                ? events
                : events.plus(List.of(Field.canonical(label, FieldType.STRING, false)));
        EventReader labels = new EventReader(new Schema(List.of(Field.canonical(label, FieldType.STRING, false))));
        long count = 0;
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(path), BUFFER);
                RecordReader records = RecordReader.open(
                        bytes, FileFormat.ofName(path.toString()).orElse(FileFormat.CSV), labelled)) {
            for (Optional<FileRecord> next = records.next(); next.isPresent(); next = records.next()) {
                if (next.get() instanceof FileRecord.Readable readable) {
                    boolean positive = isPositive(labels, readable.json());
                    Optional<Row> clean = replay.send(readable.json(), positive);
                    clean.ifPresent(row -> reader.read(row, pipeline.id(row).orElse(""), positive, samples));
                }
                if (++count % STEP == 0) {
                    progress.accept(count);
                }
            }
        }
        return samples;
    }

    private boolean isPositive(EventReader labels, byte[] json) {
        if (!(labels.read(json) instanceof Reading.Read read) || read.row().get(0) == null) {
            return false;
        }
        String text = read.row().get(0).toString();
        return text.equals("1") || text.equals("1.0") || text.equalsIgnoreCase("true");
    }
}
