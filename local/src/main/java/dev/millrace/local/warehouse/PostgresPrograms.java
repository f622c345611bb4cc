package dev.millrace.local.warehouse;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.ArchUtils;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's own programs for Linux as files, without what only a compiler needs. They find each other wherever the folder is. */
public final class PostgresPrograms {
    private static final Pattern FOR_COMPILERS = Pattern.compile("lib/pkgconfig/.*|lib/[^/]*\\.a|include/.*");
    /** The name by which a program asks for a library; the others are for compilers and people. */
    private static final Pattern LIBRARY = Pattern.compile("lib/[^/]*\\.so\\.\\d+");

    private static final int OWNER_EXECUTES = 0100;

    private PostgresPrograms() {}

    /**
     * Unpacks them into the folder: {@code bin}, {@code lib} and {@code share}.
     *
     * @throws FileNotFoundException if there are none for this machine's processor
     */
    public static void unpack(Path folder) throws IOException {
        String processor = ArchUtils.normalize(System.getProperty("os.arch"));
        Map<String, String> links = new HashMap<>();
        try (InputStream packed = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary("Linux", processor)) {
            if (packed == null) {
                throw new FileNotFoundException("there are no programs of PostgreSQL for Linux on " + processor);
            }
            TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(packed));
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = entry.getName();
                if (entry.isDirectory() || FOR_COMPILERS.matcher(name).matches()) {
                    continue;
                }
                if (entry.isSymbolicLink()) {
                    if (LIBRARY.matcher(name).matches()) {
                        links.put(name, entry.getLinkName());
                    }
                    continue;
                }
                write(tar, inside(folder, name), (entry.getMode() & OWNER_EXECUTES) != 0);
            }
        }
        for (Map.Entry<String, String> link : links.entrySet()) {
            Path file = inside(folder, link.getKey());
            Files.move(file.resolveSibling(link.getValue()), file);
        }
    }

    private static Path inside(Path folder, String name) throws IOException {
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder.normalize())) {
            throw new IOException(name + " is not inside of the archive's folder");
        }
        return file;
    }

    private static void write(InputStream content, Path file, boolean executable) throws IOException {
        Files.createDirectories(file.getParent());
        Files.copy(content, file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
