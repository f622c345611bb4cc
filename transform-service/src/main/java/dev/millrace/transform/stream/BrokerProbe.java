package dev.millrace.transform.stream;

import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.jboss.logging.Logger;

/** Whether the broker answers. It logs when that changes, in place of the clients' lines at each try. Thread-safe. */
@ApplicationScoped
public class BrokerProbe {
    private static final Logger LOG = Logger.getLogger(BrokerProbe.class);
    private static final int PATIENCE_MILLIS = 1_000;

    private final Object servers;
    private final Admin admin;
    private final AtomicBoolean answered = new AtomicBoolean(true);

    BrokerProbe(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.servers = kafka.get("bootstrap.servers");
        Map<String, Object> asking = new HashMap<>(kafka);
        asking.put("client.id", "millrace-probe");
        this.admin = Admin.create(asking);
    }

    /** Asks it; after a second without an answer there is none. */
    boolean answers() {
        boolean answers = ask();
        if (answered.getAndSet(answers) != answers) {
            if (answers) {
                LOG.infof("the broker at %s answers again", servers);
            } else {
                LOG.warnf("the broker at %s does not answer; events wait", servers);
            }
        }
        return answers;
    }

    private boolean ask() {
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(PATIENCE_MILLIS))
                    .clusterId()
                    .get();
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @PreDestroy
    void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
