package dev.millrace.images.base;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** This machine's C library and what of its relatives programs ask for, as {@code ldd} tells it. */
final class CLibrary {
    /**
     * What is loaded beside the Java runtime: by RocksDB, ONNX Runtime, the Kafka codecs and PostgreSQL, and by the C
     * library itself for names of hosts.
     */
    private static final List<String> BY_NATIVE_PARTS = List.of(
            "libc.so.6",
            "libdl.so.2",
            "libgcc_s.so.1",
            "libm.so.6",
            "libpthread.so.0",
            "libresolv.so.2",
            "librt.so.1",
            "libstdc++.so.6",
            "libz.so.1");

    /** By LightGBM, which trainings alone load; a machine without it still makes images whose services run. */
    private static final String BY_TRAININGS = "libgomp.so.1";

    private static final Pattern FOUND = Pattern.compile("\\s*(?:\\S+ => )?(/\\S+) \\(0x[0-9a-f]+\\)");

    private CLibrary() {}

    /** All files that the runtime's programs and libraries need and that are not part of it; each as it is asked for. */
    static SortedSet<Path> neededBy(Path runtime) throws IOException {
        List<Path> programs = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(runtime)) {
            // The windows of desktop programs need libraries that servers do not have.
            paths.filter(
                            path -> path.startsWith(runtime.resolve("bin"))
                                    || path.getFileName()
                                            .toString()
                                            .matches(
                                                    "lib(jvm|java|jli|net|nio|zip|jimage|verify|management|instrument|jdwp|extnet|prefs|jaas|j2gss|rmi|attach)\\.so"))
                    .filter(Files::isRegularFile)
                    .filter(CLibrary::isBinary)
                    .forEach(programs::add);
        }
        SortedSet<Path> needed = new TreeSet<>();
        Set<String> own = names(runtime);
        for (Path program : programs) {
            addNeeded(program, runtime, own, needed);
        }
        for (String name : BY_NATIVE_PARTS) {
            Path library = beside(needed, name)
                    .orElseThrow(() -> new BaseException(name + " is not beside this machine's C library;"
                            + " the services' native parts need it. Give a base with --base instead"));
            needed.add(library);
            addNeeded(library, runtime, own, needed);
        }
        beside(needed, BY_TRAININGS).ifPresent(needed::add);
        return needed;
    }

    private static Optional<Path> beside(SortedSet<Path> known, String name) {
        return known.stream()
                .map(library -> library.resolveSibling(name))
                .filter(Files::exists)
                .findFirst();
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private static void addNeeded(Path program, Path runtime, Set<String> own, SortedSet<Path> needed)
            throws IOException {
        for (String line : ldd(program)) {
            Matcher found = FOUND.matcher(line);
            if (found.matches()) {
                Path library = Path.of(found.group(1)).normalize();
                if (!library.startsWith(runtime)) {
                    needed.add(library);
                }
            } else if (line.contains("not found") && !own.contains(line.strip().split(" ")[0])) {
                // What is the runtime's own is loaded by the time it is asked for.
                throw new BaseException(program + " needs what this machine does not have: " + line.strip());
            }
        }
    }

    private static List<String> ldd(Path program) throws IOException {
        Process process = new ProcessBuilder("ldd", program.toString())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private static boolean isBinary(Path file) {
        try (var content = Files.newInputStream(file)) {
            byte[] start = content.readNBytes(4);
            return start.length == 4 && start[0] == 0x7f && start[1] == 'E' && start[2] == 'L' && start[3] == 'F';
        } catch (IOException e) {
            return false;
        }
    }
}
