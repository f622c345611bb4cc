package dev.millrace.service.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.service.cluster.Cluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An API server in this process that can go away and come back with what it stored. It is Fabric8's mock in CRUD mode:
 * it keeps versions, generations and the status apart, refuses a write of an old version and sends watch events, but it
 * does not check a resource against its schema (so no CEL, no pruning, no sorting of keys), knows no rights, and a
 * watch that begins is told what exists, not what happened since the version it names (so of a deletion in between the
 * watcher learns only by a new list; {@link #forget()} makes it ask for one, as the real server does when it has
 * forgotten).
 */
public final class ApiServer implements AutoCloseable {
    public static final String NAMESPACE = "shop";

    private final int port;
    private final List<KubernetesClient> clients = new ArrayList<>();
    private final AtomicInteger gone = new AtomicInteger();
    private final KubernetesCrudDispatcher stored = new KubernetesCrudDispatcher() {
        @Override
        public MockResponse dispatch(RecordedRequest request) {
            boolean isWatch = request.getPath() != null && request.getPath().contains("watch=true");
            if (isWatch && gone.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                return new MockResponse().withWebSocketUpgrade(new Forgetful());
            }
            return super.dispatch(request);
        }

        @Override
        public JsonNode merge(JsonNode base, String patch) {
            try {
                return merged(base, Declarations.JSON.readTree(patch));
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(e);
            }
        }
    };
    private final KubernetesClient admin;
    private KubernetesMockServer server;

    public ApiServer() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        admin = connect();
    }

    /** Comes up, or comes back. */
    public void start() {
        server = new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), stored, false);
        server.init(InetAddress.getLoopbackAddress(), port);
    }

    /** Goes away; what was stored is not lost. */
    public void stop() {
        if (server != null) {
            server.destroy();
            server = null;
        }
    }

    /** Has forgotten what the next watch wants to begin with, as after five minutes of silence. */
    public void forget() {
        gone.set(1);
    }

    /** Knows the custom resource from now on, as after {@code kubectl apply -f k8s/crds}. */
    public void define() {
        CustomResourceDefinition definition = new KubernetesSerialization()
                .unmarshal(ResourceDefinition.definition().toString(), CustomResourceDefinition.class);
        admin.apiextensions()
                .v1()
                .customResourceDefinitions()
                .resource(definition)
                .create();
    }

    /** A client as a service has it, with short waits; closed with this server at the latest. */
    public KubernetesClient connect() {
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl(
                                "http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port)
                        .withNamespace(NAMESPACE)
                        .withRequestRetryBackoffLimit(0)
                        .withConnectionTimeout(1_000)
                        .withRequestTimeout(2_000)
                        .withWatchReconnectInterval(50)
                        .build())
                .build();
        clients.add(client);
        return client;
    }

    /** The cluster as a service sees it, by a client of its own. */
    public Cluster cluster() {
        KubernetesClient client = connect();
        return new Cluster(() -> client, Optional.of(NAMESPACE));
    }

    /** For the test's own hand. */
    public KubernetesClient admin() {
        return admin;
    }

    /** The pipelines' resources. */
    public NonNamespaceOperation<GenericKubernetesResource, ?, Resource<GenericKubernetesResource>> pipelines() {
        return admin.genericKubernetesResources(PipelineResources.KIND).inNamespace(NAMESPACE);
    }

    /** Does what {@code kubectl apply} does with that YAML. */
    public void apply(String yaml) {
        GenericKubernetesResource resource =
                new KubernetesSerialization().unmarshal(yaml, GenericKubernetesResource.class);
        Resource<GenericKubernetesResource> known =
                pipelines().withName(resource.getMetadata().getName());
        if (known.get() == null) {
            pipelines().resource(resource).create();
        } else {
            known.edit(existing -> {
                existing.setAdditionalProperty(
                        "spec", resource.getAdditionalProperties().get("spec"));
                return existing;
            });
        }
    }

    @Override
    public void close() {
        clients.forEach(KubernetesClient::close);
        stop();
    }

    /** As RFC 7386 has it; the mock's own appends to lists and keeps nulls. */
    private static JsonNode merged(JsonNode base, JsonNode patch) {
        if (!patch.isObject()) {
            return patch;
        }
        ObjectNode result =
                base instanceof ObjectNode object ? object.deepCopy() : JsonNodeFactory.instance.objectNode();
        patch.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                result.remove(field.getKey());
            } else {
                result.set(field.getKey(), merged(result.path(field.getKey()), field.getValue()));
            }
        });
        return result;
    }

    /** Answers a watch as the real server does that has forgotten what the watch wants to begin with. */
    private static final class Forgetful extends WebSocketListener {
        @Override
        public void onOpen(WebSocket socket, Response response) {
            Status expired = new StatusBuilder()
                    .withStatus("Failure")
                    .withReason("Expired")
                    .withMessage("too old resource version")
                    .withCode(HttpURLConnection.HTTP_GONE)
                    .build();
            socket.send(new KubernetesSerialization().asJson(new WatchEvent(expired, "ERROR")));
        }
    }
}
