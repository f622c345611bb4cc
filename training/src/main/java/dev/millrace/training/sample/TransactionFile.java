package dev.millrace.training.sample;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.SourceDeclaration.FileFormat;
import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Reading;
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
import java.util.function.Consumer;

/**
 * A file of events in the order of time, CSV or NDJSON, of which one column is the label: 1 or true for a positive one.
 *
 * @param path the file, perhaps gzipped
 * @param label the column of the labels
 */
public record TransactionFile(Path path, String label) implements LabelledEvents {
    private static final int BUFFER = 65_536;

    @Override
    public String name() {
        return path.getFileName().toString();
    }

    @Override
    public String origin() {
        return "the file " + name() + ", labels in its column " + label;
    }

    @Override
    public void forEach(Pipeline pipeline, Consumer<LabelledEvent> taker) throws IOException, UnreadableFileException {
        Schema events = pipeline.eventReader().schema();
        Schema labelled = events.find(label) >= 0
                ? events
                : events.plus(List.of(Field.canonical(label, FieldType.STRING, false)));
        EventReader labels = new EventReader(new Schema(List.of(Field.canonical(label, FieldType.STRING, false))));
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(path), BUFFER);
                RecordReader records = RecordReader.open(
                        bytes, FileFormat.ofName(path.toString()).orElse(FileFormat.CSV), labelled)) {
            for (Optional<FileRecord> next = records.next(); next.isPresent(); next = records.next()) {
                if (next.get() instanceof FileRecord.Readable readable) {
                    taker.accept(new LabelledEvent(readable.json(), isPositive(labels, readable.json())));
                }
            }
        }
    }

    private boolean isPositive(EventReader labels, byte[] json) {
        if (!(labels.read(json) instanceof Reading.Read read) || read.row().get(0) == null) {
            return false;
        }
        String text = read.row().get(0).toString();
        return text.equals("1") || text.equals("1.0") || text.equalsIgnoreCase("true");
    }
}
