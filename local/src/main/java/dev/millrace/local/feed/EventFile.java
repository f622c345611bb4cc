package dev.millrace.local.feed;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPOutputStream;

/**
 * A gzipped text file that a file source finds once it is whole: it is written under another name and renamed at the
 * end. Not thread-safe.
 */
public final class EventFile implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final Path file;
    private final Path draft;
    private final Writer writer;

    /**
     * Begins that file.
     *
     * @param header the first line
     */
    public EventFile(Path file, String header) {
        this.file = file;
        this.draft = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            this.writer = new BufferedWriter(new OutputStreamWriter(
                    new GZIPOutputStream(Files.newOutputStream(draft), BUFFER), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(draft + " can not be written", e);
        }
        line(header);
    }

    /** Adds a line. */
    public void line(String line) {
        try {
            writer.write(line);
            writer.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(draft + " can not be written", e);
        }
    }

    /** Ends the file and gives it its name. */
    @Override
    public void close() {
        try {
            writer.close();
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can not be written", e);
        }
    }
}
