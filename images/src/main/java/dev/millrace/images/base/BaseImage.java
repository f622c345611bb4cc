package dev.millrace.images.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.StreamSupport;

/**
 * An image to build on.
 *
 * @param tar the image in the form that {@code docker save} gives, its layers not compressed
 * @param id the digest of its configuration, which names its layers
 * @param config its configuration
 * @param files its files
 */
public record BaseImage(Path tar, String id, JsonNode config, RootFiles files) {
    private static final String USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** The processor it is for, as images name it: {@code amd64}, {@code arm64}. */
    public String architecture() {
        return config.path("architecture").asText();
    }

    /** Where {@code java} is in the container. */
    public Optional<String> java() {
        return files.program("java", environment("PATH").orElse(USUAL_PATH));
    }

    /** What its Java runtime says of itself: the runtime's {@code release} file. Empty if there is none. */
    public Properties release() {
        Properties release = new Properties();
        java().map(java -> java.replaceFirst("/bin/java$", "/release"))
                .flatMap(files::file)
                .ifPresent(file -> load(release, file));
        release.replaceAll((key, value) -> String.valueOf(value).replace("\"", ""));
        return release;
    }

    /** The Java version it runs: 25; 0 if it does not say. */
    public int javaVersion() {
        String version = release().getProperty("JAVA_VERSION", "0");
        return Integer.parseInt(version.split("[^0-9]", 2)[0]);
    }

    private Optional<String> environment(String name) {
        List<String> variables = StreamSupport.stream(
                        config.path("config").path("Env").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
        return variables.stream()
                .filter(variable -> variable.startsWith(name + "="))
                .map(variable -> variable.substring(name.length() + 1))
                .findFirst();
    }

    private static void load(Properties properties, Path file) {
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can not be read", e);
        }
    }
}
