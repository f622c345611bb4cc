package dev.millrace.service.reference;

import dev.millrace.pipeline.declaration.SourceDeclaration.FileFormat;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.transform.ReferenceShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The rows of a file as of its last good content. A file that changed is read once it stays the same from one look to
 * the next, so that one that is being written is not read by half. Finding is thread-safe; looking is one thread's.
 */
final class FileReference implements Followed {
    private static final Logger LOG = Logger.getLogger(FileReference.class);

    private final String pipeline;
    private final Path file;
    private final FileFormat format;
    private final ReferenceShape shape;
    private final int most;
    private volatile Map<String, Row> rows;
    private volatile String problem;
    private volatile boolean closed;
    private Content tried;
    private Content seen;

    /** What tells one content of a file from another without reading it. */
    private record Content(FileTime modified, long size, Object file) {
        static Content of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Content(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        }
    }

    /**
     * That file, read.
     *
     * @throws UnreadableReferenceException if it is not there, is being written, or has a row that is not as declared
     */
    FileReference(String pipeline, Path file, ReferenceShape shape, int most) throws UnreadableReferenceException {
        this.pipeline = pipeline;
        this.file = file;
        this.format = FileFormat.ofName(file.toString()).orElseThrow();
        this.shape = shape;
        this.most = most;
        try {
            Content before = Content.of(file);
            this.rows = ReferenceFile.read(file, format, shape, most);
            if (!before.equals(Content.of(file))) {
                throw new UnreadableReferenceException("the reference file " + file + " is being written");
            }
            this.tried = before;
            this.seen = before;
        } catch (NoSuchFileException e) {
            throw new UnreadableReferenceException("there is no reference file " + file.toAbsolutePath()
                    + "; put it there, or set millrace.references.dir");
        } catch (IOException e) {
            throw new UnreadableReferenceException(
                    "the reference file " + file + " can not be read: " + e.getMessage());
        }
    }

    @Override
    public Optional<Row> find(String key) {
        return Optional.ofNullable(rows.get(key));
    }

    @Override
    public String name() {
        return shape.from().declaredName();
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Reads it if it has changed and is whole. */
    void look() {
        if (closed) {
            return;
        }
        try {
            Content now = Content.of(file);
            boolean settled = now.equals(seen);
            seen = now;
            if (settled && !now.equals(tried)) {
                readAgain(now);
            }
        } catch (NoSuchFileException e) {
            seen = null;
            tried = null;
            report("there is no reference file " + file + " any more");
        } catch (IOException e) {
            report("the reference file " + file + " can not be read: " + e.getMessage());
        }
    }

    private void readAgain(Content content) throws IOException {
        try {
            Map<String, Row> read = ReferenceFile.read(file, format, shape, most);
            if (!content.equals(Content.of(file))) {
                return;
            }
            rows = read;
            problem = null;
            LOG.infof("pipeline %s: %s was read again: %d rows", pipeline, file, read.size());
        } catch (UnreadableReferenceException e) {
            report(e.getMessage());
        }
        tried = content;
    }

    private void report(String why) {
        if (!Objects.equals(why, problem)) {
            LOG.errorf("pipeline %s: %s; the %d rows read from it before stay", pipeline, why, rows.size());
        }
        problem = why;
    }

    @Override
    public void close() {
        closed = true;
    }
}
