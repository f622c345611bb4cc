package dev.millrace.transform.command;

import dev.millrace.pipeline.declaration.SourceDeclaration.FileFormat;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.service.file.FileRecord;
import dev.millrace.service.file.RecordReader;
import dev.millrace.service.file.UnreadableFileException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A file of records, or standard input where the name is a hyphen.
 *
 * @param name the file's name
 * @param format how its records are written; by default what the name's ending says, else CSV
 */
record InputFile(String name, Optional<FileFormat> format) {
    private static final String STANDARD_INPUT = "-";

    /** Gives each record to the reader, until it wants no more. */
    void read(Schema schema, Predicate<FileRecord> reader) throws IOException, UnreadableFileException {
        try (InputStream bytes = open();
                RecordReader records = RecordReader.open(bytes, formatOf(bytes), schema)) {
            Optional<FileRecord> next = records.next();
            while (next.isPresent() && reader.test(next.get())) {
                next = records.next();
            }
        }
    }

    private InputStream open() throws IOException {
        return new BufferedInputStream(
                name.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(name)), 65_536);
    }

    /** Where nothing says it: an object's first character tells NDJSON from a header row. */
    private FileFormat formatOf(InputStream bytes) throws IOException {
        Optional<FileFormat> said = format.or(() -> FileFormat.ofName(name));
        if (said.isPresent()) {
            return said.get();
        }
        bytes.mark(1);
        int first = bytes.read();
        bytes.reset();
        return first == '{' ? FileFormat.NDJSON : FileFormat.CSV;
    }
}
