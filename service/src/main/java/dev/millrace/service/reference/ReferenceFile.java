package dev.millrace.service.reference;

import dev.millrace.pipeline.declaration.SourceDeclaration.FileFormat;
import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.transform.ReferenceShape;
import dev.millrace.service.file.FileRecord;
import dev.millrace.service.file.RecordReader;
import dev.millrace.service.file.UnreadableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads all rows of a file, or none: one that is wrong makes the file useless, since nobody can say what it hides. */
public final class ReferenceFile {
    private final Path file;
    private final EventReader reader;
    private final ReferenceShape shape;
    private final int most;
    private final Map<String, Row> rows = new HashMap<>();

    private ReferenceFile(Path file, ReferenceShape shape, int most) {
        this.file = file;
        this.reader = new EventReader(shape.whole());
        this.shape = shape;
        this.most = most;
    }

    /**
     * The rows of that file by their keys.
     *
     * @param most how many there may be
     * @throws UnreadableReferenceException if a row is not as declared, a key stands twice, or a column is not there
     * @throws IOException if there is no such file, or it can not be read
     */
    public static Map<String, Row> read(Path file, FileFormat format, ReferenceShape shape, int most)
            throws IOException, UnreadableReferenceException {
        return new ReferenceFile(file, shape, most).read(format);
    }

    private Map<String, Row> read(FileFormat format) throws IOException, UnreadableReferenceException {
        try (InputStream bytes = Files.newInputStream(file);
                RecordReader records = RecordReader.open(bytes, format, header(shape.whole()))) {
            Optional<FileRecord> next = records.next();
            while (next.isPresent()) {
                add(next.get());
                next = records.next();
            }
        } catch (UnreadableFileException e) {
            throw unreadable(e.getMessage());
        }
        return rows;
    }

    /** Every column has to be there, although its cells may be empty: a misspelt one would never be noticed. */
    private static Schema header(Schema whole) {
        return new Schema(whole.fields().stream()
                .map(field -> Field.canonical(field.name(), field.type(), true))
                .toList());
    }

    private void add(FileRecord record) throws UnreadableReferenceException {
        if (!(record instanceof FileRecord.Readable readable)) {
            String why = record instanceof FileRecord.Broken broken
                    ? broken.violation().message()
                    : "the record is longer than " + RecordReader.MAX_RECORD_BYTES + " bytes";
            throw unreadable(record.where() + ": " + why);
        }
        Reading reading = reader.read(readable.json());
        if (reading instanceof Reading.Refused refused) {
            throw unreadable(record.where() + ": "
                    + refused.violations().stream().map(Violation::message).collect(Collectors.joining("; ")));
        }
        Row whole = ((Reading.Read) reading).row();
        String key = whole.get(0).toString();
        if (rows.put(key, columns(whole, shape)) != null) {
            throw unreadable(record.where() + ": the key '" + key + "' stands here a second time");
        }
        if (rows.size() > most) {
            throw unreadable("more than " + most + " rows; millrace.references.max-rows allows more");
        }
    }

    /** The row without its key, which stands first. */
    private static Row columns(Row whole, ReferenceShape shape) {
        Object[] values = new Object[shape.columns().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = whole.get(i + 1);
        }
        return new Row(shape.columns(), values);
    }

    private UnreadableReferenceException unreadable(String why) {
        return new UnreadableReferenceException("the reference file " + file + ": " + why);
    }
}
