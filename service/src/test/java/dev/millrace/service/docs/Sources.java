package dev.millrace.service.docs;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The main sources of the services, by module, as they lie beside this one. */
final class Sources {
    static final List<String> SERVICES = List.of("ingest", "transform", "model", "load");
    private static final Path ROOT = Path.of("..");

    private Sources() {}

    /** The text of every Java file of every service and of what they share, by its path. */
    static Map<Path, String> java() {
        Map<Path, String> texts = new TreeMap<>();
        Stream.concat(Stream.of("service"), SERVICES.stream().map(service -> service + "-service"))
                .map(module -> ROOT.resolve(module).resolve("src/main/java"))
                .forEach(folder -> read(folder, texts));
        return texts;
    }

    /** The services in which that file's code runs. */
    static List<String> servicesOf(Path file) {
        String module = ROOT.relativize(file).getName(0).toString();
        if (module.equals("service")) {
            // What completes an event is run by who runs the steps, in the stream or at /predict.
            return file.toString().matches(".*/service/(reference|secret)/.*")
                    ? List.of("transform", "model")
                    : SERVICES;
        }
        return List.of(module.replace("-service", ""));
    }

    /** What a service sets by itself. */
    static Properties applicationProperties(String service) {
        return properties(ROOT.resolve(service + "-service/src/main/resources/application.properties"));
    }

    /** What every service sets by itself. */
    static Properties commonProperties() {
        return properties(ROOT.resolve("service/src/main/resources/META-INF/microprofile-config.properties"));
    }

    static Path page(String name) {
        return ROOT.resolve("docs/reference").resolve(name);
    }

    private static Properties properties(Path file) {
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(Files.readString(file)));
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(Path folder, Map<Path, String> texts) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                texts.put(file, Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
