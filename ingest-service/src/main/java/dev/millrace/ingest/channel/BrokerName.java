package dev.millrace.ingest.channel;

import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Utils;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Waits until the broker's name is known. The channel makes its client when the service starts, and a client that finds no
 * address is an error that ends the service; but in a cluster that is being installed, or whose DNS has just moved, a name
 * is known a moment later.
 */
@ApplicationScoped
class BrokerName {
    private static final Logger LOG = Logger.getLogger(BrokerName.class);
    /** Less than the chart lets a service take for its start. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final List<String> servers;
    private final Predicate<String> known;

    @Inject
    BrokerName(@ConfigProperty(name = "kafka.bootstrap.servers") List<String> servers) {
        this(servers, BrokerName::isKnown);
    }

    BrokerName(List<String> servers, Predicate<String> known) {
        this.servers = servers;
        this.known = known;
    }

    /** Before the channel makes its client. One of several brokers is enough for that. */
    void await(@Observes @Priority(1) StartupEvent event) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean said = false;
        // Who ends the service while it starts would have to wait, too.
        while (!servers.stream().anyMatch(this::isFound)
                && System.nanoTime() < end
                && !ApplicationLifecycleManager.isVmShuttingDown()) {
            if (!said) {
                LOG.warnf(
                        "no address is known of the broker %s yet; trying again for %d minutes",
                        String.join(",", servers), PATIENCE.toMinutes());
                said = true;
            }
            Thread.sleep(BETWEEN_TRIES.toMillis());
        }
    }

    /** What is no address at all is the client's to refuse, with the reason. */
    private boolean isFound(String server) {
        String host = Utils.getHost(server.trim());
        return host == null || known.test(host);
    }

    private static boolean isKnown(String host) {
        try {
            return InetAddress.getByName(host) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
