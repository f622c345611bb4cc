package dev.millrace.chart;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What Helm looks things up in while it renders: an API server that knows the kinds the chart looks for, and the objects
 * it is told. It is empty unless a test says otherwise, and it is never the cluster of whoever runs the tests: the build
 * sets KUBECONFIG to the file that this writes.
 */
final class FakeCluster {
    private static final Map<String, String> KINDS = Map.of(
            "/api/v1", kinds("v1", "secrets", "Secret", true),
            "/apis/apps/v1", kinds("apps/v1", "statefulsets", "StatefulSet", true),
            "/apis/storage.k8s.io/v1", kinds("storage.k8s.io/v1", "storageclasses", "StorageClass", false),
            "/apis/apiextensions.k8s.io/v1",
                    kinds("apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition", false));
    private static final String NO_CLASSES =
            "{\"apiVersion\": \"storage.k8s.io/v1\", \"kind\": \"StorageClassList\", \"metadata\": {}, \"items\": []}";
    private static final String NOT_FOUND =
            "{\"apiVersion\": \"v1\", \"kind\": \"Status\", \"status\": \"Failure\", \"reason\": \"NotFound\", \"code\": 404}";

    private static final Map<String, String> OBJECTS = new ConcurrentHashMap<>();
    private static HttpServer server;

    private FakeCluster() {}

    /** Starts it, once. */
    static synchronized void start() {
        if (server != null) {
            return;
        }
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", FakeCluster::answer);
            server.start();
            Files.writeString(Path.of(System.getenv("KUBECONFIG")), """
                    apiVersion: v1
                    kind: Config
                    clusters: [{ name: fake, cluster: { server: "http://127.0.0.1:%d" } }]
                    contexts: [{ name: fake, context: { cluster: fake, user: "" } }]
                    current-context: fake
                    """.formatted(
                            server.getAddress().getPort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has the object of that path until it is {@link #forget() forgotten}. */
    static void has(String path, String json) {
        OBJECTS.put(path, json);
    }

    static void forget() {
        OBJECTS.clear();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String found = OBJECTS.getOrDefault(path, KINDS.get(path));
        if (found == null && path.endsWith("/storageclasses")) {
            found = NO_CLASSES;
        }
        byte[] body = (found == null ? NOT_FOUND : found).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(found == null ? 404 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String kinds(String version, String plural, String kind, boolean namespaced) {
        return """
                {"apiVersion": "v1", "kind": "APIResourceList", "groupVersion": "%s", "resources": [
                  {"name": "%s", "singularName": "", "namespaced": %s, "kind": "%s", "verbs": ["get", "list"]}]}""".formatted(version, plural, namespaced, kind);
    }
}
