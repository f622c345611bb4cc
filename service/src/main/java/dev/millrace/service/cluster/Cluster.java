package dev.millrace.service.cluster;

import dev.millrace.service.pipelines.PipelinesConfig;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The cluster that this service runs in. Nothing is read or opened before the first question, so that outside of a
 * cluster nothing of Kubernetes is needed. Thread-safe.
 */
@ApplicationScoped
public class Cluster {
    private final Supplier<KubernetesClient> connect;
    private final Optional<String> namespace;
    private KubernetesClient client;

    @Inject
    Cluster(PipelinesConfig config) {
        this(() -> new KubernetesClientBuilder().withConfig(config()).build(), config.namespace());
    }

    /** The cluster that is reached by that client. */
    public Cluster(Supplier<KubernetesClient> connect, Optional<String> namespace) {
        this.connect = connect;
        this.namespace = namespace;
    }

    /** The client of all; whoever uses it does not close it. It is there even while the API server is not. */
    public synchronized KubernetesClient client() {
        if (client == null) {
            client = connect.get();
        }
        return client;
    }

    /** The namespace in which Millrace looks and writes: the configured one, else that of the pod or the context. */
    public String namespace() {
        return namespace
                .or(() -> Optional.ofNullable(client().getConfiguration().getNamespace()))
                .orElse("default");
    }

    @PreDestroy
    synchronized void close() {
        if (client != null) {
            client.close();
        }
    }

    /** Short waits: whoever asks asks again. A lost watch is taken up again after 8 s at the latest. */
    private static Config config() {
        return new ConfigBuilder()
                .withConnectionTimeout(2_000)
                .withRequestTimeout(3_000)
                .withRequestRetryBackoffLimit(1)
                .withWatchReconnectInterval(250)
                .build();
    }
}
