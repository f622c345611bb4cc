package dev.millrace.ingest.source;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The files that a glob finds below a folder, once they have stopped growing. One thread. */
final class WatchedFolder {
    private final Path root;
    private final PathMatcher matcher;
    private Map<Path, Long> lastSizes = new HashMap<>();

    WatchedFolder(Path root, String glob) {
        this.root = root;
        this.matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    }

    /** A file, relative to the folder, with its size in bytes and the time of its last change. */
    record Found(Path file, long size, long modifiedMillis, boolean stable) {}

    /** The matching files by name. Hidden ones and those that end in .tmp or .part are not looked at. */
    Map<Path, Found> look() throws IOException {
        Map<Path, Found> found = new TreeMap<>();
        if (!Files.isDirectory(root)) {
            return found;
        }
        Map<Path, Long> sizes = new HashMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                Path file = root.relativize(path);
                if (attributes.isRegularFile() && matcher.matches(file) && !isUnfinished(file)) {
                    long size = attributes.size();
                    sizes.put(file, size);
                    boolean stable = lastSizes.getOrDefault(file, -1L) == size;
                    found.put(
                            file,
                            new Found(file, size, attributes.lastModifiedTime().toMillis(), stable));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) {
                // It vanished between being listed and being looked at.
                return FileVisitResult.CONTINUE;
            }
        });
        lastSizes = sizes;
        return found;
    }

    private static boolean isUnfinished(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(".") || name.endsWith(".tmp") || name.endsWith(".part");
    }
}
