package dev.millrace.images.base;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The files of an image, unpacked into a folder. A path in it is one of the container, from {@code /}; a link is followed
 * as it would be there, so that nothing of this machine is met.
 *
 * @param folder where {@code /} is
 */
public record RootFiles(Path folder) {
    private static final String REMOVED = ".wh.";
    private static final String EMPTIED = ".wh..wh..opq";
    private static final int MOST_LINKS = 40;
    private static final int OWNER_EXECUTES = 0100;

    /** Where that path leads in the container, if there is something. */
    public Optional<String> real(String path) {
        Deque<String> left = new ArrayDeque<>(names(path));
        Path at = folder;
        int links = 0;
        while (!left.isEmpty()) {
            String name = left.pop();
            if (name.equals("..")) {
                at = at.equals(folder) ? at : at.getParent();
                continue;
            }
            Path next = at.resolve(name);
            if (Files.isSymbolicLink(next)) {
                if (++links > MOST_LINKS) {
                    return Optional.empty();
                }
                String target = read(next);
                at = target.startsWith("/") ? folder : at;
                List<String> names = names(target);
                for (int i = names.size() - 1; i >= 0; i--) {
                    left.push(names.get(i));
                }
            } else if (Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
                at = next;
            } else {
                return Optional.empty();
            }
        }
        return Optional.of("/" + folder.relativize(at).toString().replace('\\', '/'));
    }

    /** The file of this machine that a path of the container leads to, if there is one. */
    public Optional<Path> file(String path) {
        return real(path).map(real -> folder.resolve(real.substring(1)));
    }

    /** Where a program is that is started by its name. */
    public Optional<String> program(String name, String searchPath) {
        return Arrays.stream(searchPath.split(":"))
                .flatMap(place -> real(place + "/" + name).stream())
                .filter(real -> Files.isRegularFile(folder.resolve(real.substring(1))))
                .findFirst();
    }

    /** Lays a layer over what is there. Devices are left out; owners are not kept. */
    void add(Path layer) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(layer)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                add(entry, tar);
            }
        }
    }

    private void add(TarArchiveEntry entry, InputStream content) throws IOException {
        List<String> names = names(entry.getName());
        if (names.isEmpty()) {
            return;
        }
        if (names.contains("..")) {
            throw new BaseException("the base has a path that leads out of it: " + entry.getName());
        }
        Path parent = parent(names.subList(0, names.size() - 1));
        String name = names.get(names.size() - 1);
        Path file = parent.resolve(name);
        if (name.equals(EMPTIED)) {
            try (Stream<Path> children = Files.list(parent)) {
                for (Path child : children.toList()) {
                    FileTree.delete(child);
                }
            }
        } else if (name.startsWith(REMOVED)) {
            FileTree.delete(parent.resolve(name.substring(REMOVED.length())));
        } else if (entry.isDirectory()) {
            if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                FileTree.delete(file);
                Files.createDirectory(file);
            }
        } else if (entry.isSymbolicLink()) {
            FileTree.delete(file);
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            FileTree.delete(file);
            Path original = file(entry.getLinkName())
                    .orElseThrow(() -> new BaseException("the base has a link to nothing: " + entry.getName()));
            Files.copy(original, file, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        } else if (entry.isFile()) {
            FileTree.delete(file);
            Files.copy(content, file);
            boolean executable = (entry.getMode() & OWNER_EXECUTES) != 0;
            Files.setPosixFilePermissions(
                    file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
            // An AOT cache knows the files it was made from by their times.
            Files.setLastModifiedTime(
                    file, FileTime.from(entry.getLastModifiedTime().toInstant()));
        }
    }

    /** The folder for something new; what is on the way and missing is made, as a container's engine does. */
    private Path parent(List<String> names) throws IOException {
        String path = "/" + String.join("/", names);
        Optional<Path> known = file(path);
        if (known.isPresent()) {
            return known.get();
        }
        Path made = parent(names.subList(0, names.size() - 1)).resolve(names.get(names.size() - 1));
        return Files.createDirectory(made);
    }

    private static List<String> names(String path) {
        return Arrays.stream(path.split("/"))
                .filter(name -> !name.isEmpty() && !name.equals("."))
                .toList();
    }

    private static String read(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            throw new BaseException("the base's link " + link + " can not be read: " + e.getMessage());
        }
    }
}
