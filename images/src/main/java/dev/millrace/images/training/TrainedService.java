package dev.millrace.images.training;

import dev.millrace.images.base.BaseException;
import dev.millrace.images.base.FileTree;
import dev.millrace.images.base.Sha256;
import dev.millrace.images.base.SteadyTar;
import dev.millrace.images.recipe.Layer;
import dev.millrace.images.recipe.Recipe;
import dev.millrace.local.port.FreePort;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Stop;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A service laid out as in its image, below a folder of this machine, and run by the base's own Java. */
final class TrainedService {
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);
    /** After its run a JVM starts another one that makes the cache. */
    private static final Duration WRITES_WITHIN = Duration.ofMinutes(5);

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(ANSWERS_WITHIN).build();

    private final Recipe recipe;
    private final Path folder;
    private final int port = FreePort.any();
    private Process process;

    TrainedService(Recipe recipe, Path folder) {
        this.recipe = recipe;
        this.folder = folder;
    }

    /** What the cache depends on: the base's Java and every file of the service. */
    static String key(Recipe recipe, String base) throws IOException {
        StringBuilder all = new StringBuilder(base).append(recipe.options());
        for (Layer layer : recipe.layers()) {
            for (Layer.Entry entry : layer.entries()) {
                all.append(entry.at()).append(Sha256.of(entry.source()));
            }
        }
        return Sha256.of(all.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** With the times that the files have in the image: by them a JVM knows that a cache is of these files. */
    void layOut() throws IOException {
        FileTree.delete(folder);
        for (Layer layer : recipe.layers()) {
            for (Layer.Entry entry : layer.entries()) {
                Path file = inImage(entry.at());
                Files.createDirectories(file.getParent());
                Files.copy(entry.source(), file);
                Files.setLastModifiedTime(file, FileTime.from(SteadyTar.TIME));
            }
        }
    }

    void start(Path java, Map<String, String> environment, Optional<Path> cache) {
        List<String> command = new ArrayList<>(List.of(java.toString(), "-Xmx512m"));
        cache.ifPresent(file -> command.add("-XX:AOTCacheOutput=" + file));
        command.addAll(recipe.options());
        recipe.start()
                .forEach(
                        word -> command.add(word.startsWith("/") ? inImage(word).toString() : word));
        Map<String, String> all = new HashMap<>();
        // No option of the image's own or of whoever builds it.
        all.put("JAVA_TOOL_OPTIONS", "");
        recipe.environment().forEach((key, value) -> {
            if (!key.equals("JAVA_TOOL_OPTIONS")) {
                all.put(key, value.startsWith("/") ? inImage(value).toString() : value);
            }
        });
        all.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        all.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        all.putAll(environment);
        process = new Launch(command, all, log()).start();
    }

    private Path inImage(String path) {
        return folder.resolve(path.substring(1));
    }

    Path log() {
        return folder.resolve("service.log");
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    boolean isReady() {
        if (!process.isAlive()) {
            throw new BaseException("it ended while it was starting; see " + log());
        }
        return status(HttpRequest.newBuilder(address().resolve("/q/health/ready"))) == 200;
    }

    /** Asks for what every service is asked for all day. */
    void visit() {
        for (String path : List.of("/q/health/live", "/q/health/ready", "/q/health/started", "/q/metrics")) {
            status(HttpRequest.newBuilder(address().resolve(path)));
        }
    }

    int post(String path, String json) {
        return status(HttpRequest.newBuilder(address().resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private static int status(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.timeout(ANSWERS_WITHIN).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException notYet) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BaseException("interrupted while a service was being trained");
        }
    }

    void end() {
        if (process != null) {
            Stop.inOrder(process.toHandle(), WRITES_WITHIN);
        }
    }
}
