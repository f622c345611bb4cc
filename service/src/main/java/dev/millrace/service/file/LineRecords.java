package dev.millrace.service.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;

/** One JSON object a line; blank lines are passed over. */
final class LineRecords implements RecordReader {
    private final OpenEnd input;
    private long line;

    LineRecords(OpenEnd input) {
        this.input = input;
    }

    @Override
    public Optional<FileRecord> next() throws UnreadableFileException {
        try {
            while (true) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
                boolean cut = false;
                int next = input.read();
                if (next < 0) {
                    return Optional.empty();
                }
                line++;
                while (next >= 0 && next != '\n') {
                    if (bytes.size() <= MAX_RECORD_BYTES) {
                        bytes.write(next);
                    } else {
                        cut = true;
                    }
                    next = input.read();
                }
                byte[] record = bytes.toByteArray();
                if (cut) {
                    return Optional.of(new FileRecord.TooLarge("line " + line, record));
                }
                if (!isBlank(record)) {
                    return Optional.of(new FileRecord.Readable("line " + line, record));
                }
            }
        } catch (IOException e) {
            throw new UnreadableFileException("the file ends early, in line " + line + ": " + e.getMessage());
        }
    }

    @Override
    public boolean isOpenEnded() {
        return input.isOpen();
    }

    @Override
    public void close() {
        // Whoever opened the bytes closes them.
    }

    private static boolean isBlank(byte[] record) {
        for (byte b : record) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
