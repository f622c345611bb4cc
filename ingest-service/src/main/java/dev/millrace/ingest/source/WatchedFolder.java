package dev.millrace.ingest.source;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The files that a glob finds below a folder, once they have stopped growing. One thread. */
final class WatchedFolder {
    private final Path root;
    private final PathMatcher matcher;
    private Map<Path, Sight> sights = new HashMap<>();

    WatchedFolder(Path root, String glob) {
        this.root = root;
        this.matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    }

    /**
     * A file that was found.
     *
     * @param file the file, relative to the folder
     * @param size its size in bytes
     * @param modifiedMillis when it was changed last
     * @param looks how many looks in a row found it at this size
     * @param quiet how long it has been found at this size
     */
    record Found(Path file, long size, long modifiedMillis, int looks, Duration quiet) {
        /** Whether it does not seem to be growing. */
        boolean stable() {
            return looks > 1;
        }
    }

    /** Since when a file has had a size, by this machine's own clock: the files' may be another's. */
    private record Sight(long size, long sinceNanos, int looks) {
        static Sight next(Sight last, long size) {
            return last == null || last.size != size
                    ? new Sight(size, System.nanoTime(), 1)
                    : new Sight(size, last.sinceNanos, last.looks + 1);
        }
    }

    /** The matching files by name. Hidden ones and those that end in .tmp or .part are not looked at. */
    Map<Path, Found> look() throws IOException {
        Map<Path, Found> found = new TreeMap<>();
        if (!Files.isDirectory(root)) {
            return found;
        }
        Map<Path, Sight> now = new HashMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                Path file = root.relativize(path);
                if (attributes.isRegularFile() && matcher.matches(file) && !isUnfinished(file)) {
                    Sight sight = Sight.next(sights.get(file), attributes.size());
                    now.put(file, sight);
                    found.put(file, found(file, attributes, sight));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException e) {
                // It vanished between being listed and being looked at.
                return FileVisitResult.CONTINUE;
            }
        });
        sights = now;
        return found;
    }

    private static Found found(Path file, BasicFileAttributes attributes, Sight sight) {
        return new Found(
                file,
                sight.size(),
                attributes.lastModifiedTime().toMillis(),
                sight.looks(),
                Duration.ofNanos(System.nanoTime() - sight.sinceNanos()));
    }

    private static boolean isUnfinished(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(".") || name.endsWith(".tmp") || name.endsWith(".part");
    }
}
