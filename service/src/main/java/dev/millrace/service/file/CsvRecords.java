package dev.millrace.service.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.writer.CsvWriter;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.Utf8;
import dev.millrace.pipeline.event.Violation;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Comma-separated values (RFC 4180) with a header row. A row becomes a JSON object of texts; a column is named as what the
 * declared field is read from, whatever its letters' case; an empty cell is a missing value.
 *
 * <p>Bytes pass through FastCSV as Latin-1, which keeps each, and are read as UTF-8 by the cell: so one cell that is not
 * UTF-8 costs its row and not the file.
 */
final class CsvRecords implements RecordReader {
    private static final JsonFactory JSON = new JsonFactory();

    private final CsvReader<CsvRecord> reader;
    private final CloseableIterator<CsvRecord> rows;
    private final OpenEnd input;
    private final String[] columns;
    private CsvRecord upcoming;
    private RuntimeException failure;
    private long records;

    CsvRecords(OpenEnd input, Schema schema) throws UnreadableFileException {
        this.reader = CsvReader.builder()
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .skipEmptyLines(true)
                .maxBufferSize(4 * MAX_RECORD_BYTES)
                .ofCsvRecord(input, StandardCharsets.ISO_8859_1);
        this.rows = reader.iterator();
        this.input = input;
        advance();
        this.columns = header(schema);
    }

    @Override
    public Optional<FileRecord> next() throws UnreadableFileException {
        CsvRecord row = read();
        if (row == null) {
            return Optional.empty();
        }
        records++;
        String where = "line " + row.getStartingLineNumber();
        if (row.getFieldCount() != columns.length) {
            Violation violation = Violation.malformed(columns.length + " cells, as in the header", cells(row));
            return Optional.of(new FileRecord.Broken(where, original(row), violation));
        }
        byte[] json = json(row);
        if (json == null) {
            Violation violation = Violation.malformed("UTF-8 text", "bytes that are not UTF-8");
            return Optional.of(new FileRecord.Broken(where, original(row), violation));
        }
        return Optional.of(new FileRecord.Readable(where, json));
    }

    @Override
    public boolean isOpenEnded() {
        return upcoming == null && failure == null && input.isOpen();
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing a file that was read failed", e);
        }
    }

    private String[] header(Schema schema) throws UnreadableFileException {
        CsvRecord row = read();
        if (row == null) {
            throw new UnreadableFileException("the file is empty; expected a header row");
        }
        List<String> names = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String cell : row.getFields()) {
            String name = new String(cell.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).strip();
            String declared = declared(name, schema);
            if (!seen.add(declared)) {
                throw new UnreadableFileException("the header names column '" + name + "' twice");
            }
            names.add(declared);
        }
        List<String> missing = schema.fields().stream()
                .filter(field -> field.required() && !seen.contains(field.from()))
                .map(Field::from)
                .toList();
        if (!missing.isEmpty()) {
            throw new UnreadableFileException("the header has no column for the required " + String.join(", ", missing)
                    + "; it has " + String.join(", ", names));
        }
        return names.toArray(String[]::new);
    }

    private static String declared(String column, Schema schema) {
        if (schema.findMember(column) >= 0) {
            return column;
        }
        return schema.fields().stream()
                .map(Field::from)
                .filter(column::equalsIgnoreCase)
                .findFirst()
                .orElse(column);
    }

    private CsvRecord read() throws UnreadableFileException {
        if (upcoming == null && failure != null) {
            throw new UnreadableFileException(
                    "the file can not be read on after record " + records + ": " + reason(failure));
        }
        CsvRecord row = upcoming;
        if (row != null) {
            advance();
        }
        return row;
    }

    /** One row ahead, so that the last is known as such. */
    private void advance() {
        try {
            upcoming = rows.hasNext() ? rows.next() : null;
        } catch (UncheckedIOException | CsvParseException e) {
            upcoming = null;
            failure = e;
        }
    }

    private static String reason(Exception e) {
        return e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
    }

    /** A quote that is not closed makes one row of all that follows, up to the next one: who reads of it should think of that. */
    private static String cells(CsvRecord row) {
        long lines = row.getFields().stream()
                        .flatMapToInt(String::chars)
                        .filter(c -> c == '\n')
                        .count()
                + 1;
        return row.getFieldCount() + " cells"
                + (lines == 1 ? "" : " in " + lines + " lines, as if a quote were not closed");
    }

    /** The row as a JSON object, or null if a cell is not UTF-8. */
    private byte[] json(CsvRecord row) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(256);
                JsonGenerator generator = JSON.createGenerator(bytes)) {
            generator.writeStartObject();
            for (int i = 0; i < columns.length; i++) {
                String cell = row.getField(i);
                if (cell.isEmpty()) {
                    continue;
                }
                byte[] utf8 = cell.getBytes(StandardCharsets.ISO_8859_1);
                if (!Utf8.isValid(utf8, 0, utf8.length)) {
                    return null;
                }
                generator.writeStringField(columns[i], new String(utf8, StandardCharsets.UTF_8));
            }
            generator.writeEndObject();
            generator.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory can not fail", e);
        }
    }

    private static byte[] original(CsvRecord row) {
        StringWriter text = new StringWriter();
        try (CsvWriter writer = CsvWriter.builder().build(text)) {
            writer.writeRecord(row.getFields());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory can not fail", e);
        }
        return text.toString().strip().getBytes(StandardCharsets.ISO_8859_1);
    }
}
