package dev.millrace.images.base;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Makes a base from a JDK of this machine: a runtime linked from it, this machine's C library, and nothing else; no shell,
 * no package manager. It needs a JDK 25 or newer for Linux that can link: one with {@code jmods}, or built to link from
 * itself, as Temurin is.
 */
public final class JdkBase {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LEAST_VERSION = 25;
    private static final String JAVA = "opt/java";
    /** The modules that the services, Kafka and their libraries use; the JDK's tools for a running JVM are among them. */
    private static final String MODULES = String.join(
            ",",
            "java.compiler",
            "java.desktop",
            "java.instrument",
            "java.logging",
            "java.management",
            "java.management.rmi",
            "java.naming",
            "java.net.http",
            "java.security.jgss",
            "java.security.sasl",
            "java.sql",
            "java.transaction.xa",
            "java.xml",
            "jdk.charsets",
            "jdk.crypto.ec",
            "jdk.httpserver",
            "jdk.jcmd",
            "jdk.jfr",
            "jdk.localedata",
            "jdk.management",
            "jdk.management.agent",
            "jdk.naming.dns",
            "jdk.net",
            "jdk.security.auth",
            "jdk.security.jgss",
            "jdk.unsupported",
            "jdk.zipfs");

    private static final Path LOCALE = Path.of("/usr/lib/locale/C.utf8");

    private JdkBase() {}

    /**
     * Makes it.
     *
     * @param jdk the JDK's folder
     * @param work a folder to work in
     * @return a tar as {@code docker save} gives it; the same JDK and the same C library give the same bytes
     * @throws BaseException if the JDK does not do
     */
    public static Path make(Path jdk, Path work) throws IOException {
        requireFit(jdk);
        Files.createDirectories(work);
        Path runtime = work.resolve("runtime").toAbsolutePath().normalize();
        FileTree.delete(runtime);
        link(jdk, runtime);
        Path layer = work.resolve("jdk-layer.tar");
        writeLayer(layer, runtime, CLibrary.neededBy(runtime));
        Path tar = work.resolve("jdk-base.tar");
        SavedImage.write(tar, config(Sha256.of(layer)), List.of(layer));
        Files.delete(layer);
        FileTree.delete(runtime);
        return tar;
    }

    /** The version of the JDK in a folder; 0 if there is none. */
    public static int version(Path jdk) {
        Path release = jdk.resolve("release");
        if (!Files.isRegularFile(release) || !Files.isExecutable(jdk.resolve("bin/jlink"))) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(release)) {
            return lines.filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("JAVA_VERSION=\"?(\\d+).*", "$1"))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private static void requireFit(Path jdk) {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new BaseException("a base can be made from a JDK on Linux only; give a base with --base");
        }
        int version = version(jdk);
        if (version < LEAST_VERSION) {
            throw new BaseException(jdk + " is " + (version == 0 ? "no JDK" : "a JDK " + version) + "; expected a JDK "
                    + LEAST_VERSION + " or newer, or a base with --base");
        }
    }

    private static void link(Path jdk, Path runtime) throws IOException {
        List<String> command = List.of(
                jdk.resolve("bin/jlink").toString(),
                "--add-modules",
                MODULES,
                "--no-header-files",
                // No archive of the JDK's own classes: its bytes differ now and then, and an AOT cache has them.
                "--no-man-pages",
                "--output",
                runtime.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new BaseException(jdk + " can not link a runtime: " + output.strip()
                        + "; it needs jmods or 'Linking from run-time image enabled' (jlink --help)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BaseException("interrupted while a runtime was linked");
        }
    }

    private static void writeLayer(Path layer, Path runtime, SortedSet<Path> libraries) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        SortedMap<String, String> links = new TreeMap<>();
        addTree(runtime, JAVA, files, links);
        for (Path library : libraries) {
            files.put(library.toString().substring(1), library);
        }
        if (Files.isDirectory(LOCALE)) {
            addTree(LOCALE, LOCALE.toString().substring(1), files, links);
        }
        SortedSet<String> folders = new TreeSet<>(List.of("bin", "dev", "etc", "proc", "sys", "var"));
        Stream.concat(files.keySet().stream(), links.keySet().stream()).forEach(name -> addParents(name, folders));
        try (SteadyTar tar = new SteadyTar(layer)) {
            for (String folder : folders) {
                tar.folder(folder, 0755);
            }
            tar.folder("tmp", 01777);
            tar.file("etc/passwd", text("root:x:0:0:root:/:/sbin/nologin"));
            tar.file("etc/group", text("root:x:0:"));
            tar.file("etc/nsswitch.conf", text("passwd: files\ngroup: files\nhosts: files dns"));
            for (Map.Entry<String, Path> file : files.entrySet()) {
                tar.file(file.getKey(), file.getValue(), Files.isExecutable(file.getValue()));
            }
            for (Map.Entry<String, String> link : links.entrySet()) {
                tar.link(link.getKey(), link.getValue());
            }
        }
    }

    private static void addTree(Path tree, String at, Map<String, Path> files, Map<String, String> links)
            throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String name = at + "/" + tree.relativize(path);
                if (Files.isSymbolicLink(path)) {
                    links.put(name, Files.readSymbolicLink(path).toString());
                } else if (Files.isRegularFile(path)) {
                    files.put(name, path);
                }
            }
        }
    }

    private static void addParents(String name, SortedSet<String> folders) {
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            folders.add(name.substring(0, slash));
        }
    }

    private static byte[] config(String layer) throws IOException {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("created", SteadyTar.TIME.toString());
        config.put("architecture", Processor.name());
        config.put("os", "linux");
        config.put(
                "config",
                Map.of(
                        "Env",
                        List.of(
                                "PATH=/" + JAVA + "/bin:/usr/local/bin:/usr/bin:/bin",
                                "JAVA_HOME=/" + JAVA,
                                "LANG=C.UTF-8")));
        config.put("rootfs", new TreeMap<>(Map.of("type", "layers", "diff_ids", List.of("sha256:" + layer))));
        config.put(
                "history",
                List.of(new TreeMap<>(
                        Map.of("created", SteadyTar.TIME.toString(), "created_by", "millrace images --jdk"))));
        return JSON.writeValueAsBytes(config);
    }

    private static byte[] text(String lines) {
        return (lines + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
