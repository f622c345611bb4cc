package dev.millrace.images.base;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A tar whose bytes depend on nothing but what is put into it, in that order: all times are the same, root owns all. */
public final class SteadyTar implements AutoCloseable {
    /** The time of every file. Not 0, which some tools take for a time that is missing. */
    public static final Instant TIME = Instant.ofEpochSecond(1);

    private static final int FILE = 0644;
    private static final int PROGRAM = 0755;

    private final TarArchiveOutputStream tar;

    /** Begins that file. */
    public SteadyTar(Path file) throws IOException {
        tar = new TarArchiveOutputStream(
                new BufferedOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    }

    /** Adds a folder with those permissions. */
    public void folder(String name, int mode) throws IOException {
        put(new TarArchiveEntry(name + "/"), mode);
        tar.closeArchiveEntry();
    }

    /** Adds a file's content. */
    public void file(String name, Path content, boolean executable) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(Files.size(content));
        put(entry, executable ? PROGRAM : FILE);
        Files.copy(content, tar);
        tar.closeArchiveEntry();
    }

    /** Adds what is read, of which there are so many bytes. */
    public void file(String name, InputStream content, long size) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(size);
        put(entry, FILE);
        content.transferTo(tar);
        tar.closeArchiveEntry();
    }

    /** Adds a file. */
    public void file(String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        put(entry, FILE);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    /** Adds a symbolic link. */
    public void link(String name, String target) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
        entry.setLinkName(target);
        put(entry, 0777);
        tar.closeArchiveEntry();
    }

    private void put(TarArchiveEntry entry, int mode) throws IOException {
        entry.setMode(mode);
        entry.setIds(0, 0);
        entry.setNames("", "");
        entry.setModTime(Date.from(TIME));
        tar.putArchiveEntry(entry);
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
