package dev.millrace.service.file;

import dev.millrace.pipeline.declaration.SourceDeclaration.FileFormat;
import dev.millrace.pipeline.event.Schema;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** Reads the records of a file one after the other, in bounded memory. One thread. */
public interface RecordReader extends AutoCloseable {
    /** The largest record that is taken, in bytes: with its headers, what brokers take by default. */
    int MAX_RECORD_BYTES = 1024 * 1024 - 4096;

    /**
     * The next record, or nothing at the end.
     *
     * @throws UnreadableFileException if no record can be read from here on
     */
    Optional<FileRecord> next() throws UnreadableFileException;

    /** Whether the record that came last is the text's end, and no end of line says that it is whole. */
    boolean isOpenEnded();

    @Override
    void close();

    /**
     * A reader of the bytes in that format; gzip is recognized by its first two bytes.
     *
     * @throws UnreadableFileException if not even the first record can be looked for
     */
    static RecordReader open(InputStream bytes, FileFormat format, Schema schema) throws UnreadableFileException {
        try {
            BufferedInputStream buffered = new BufferedInputStream(bytes, 65_536);
            boolean zipped = isGzip(buffered);
            BufferedInputStream plain =
                    zipped ? new BufferedInputStream(new GZIPInputStream(buffered, 65_536), 65_536) : buffered;
            Utf8Mark.skip(plain);
            OpenEnd text = new OpenEnd(plain, zipped);
            return switch (format) {
                case CSV -> new CsvRecords(text, schema);
                case NDJSON -> new LineRecords(text);
            };
        } catch (IOException e) {
            throw new UnreadableFileException("the file can not be read: " + e.getMessage());
        }
    }

    private static boolean isGzip(BufferedInputStream buffered) throws IOException {
        buffered.mark(2);
        int first = buffered.read();
        int second = buffered.read();
        buffered.reset();
        return first == 0x1f && second == 0x8b;
    }
}
