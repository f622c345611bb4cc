package dev.millrace.service.compression;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import net.jpountz.lz4.LZ4Factory;
import org.jboss.logging.Logger;

/**
 * Has Kafka's clients compress with LZ4's native library. By itself that library is only loaded in an application whose
 * classes come from Java's own class loader; Quarkus has another, so that each byte would go through a version in Java.
 */
@ApplicationScoped
public class NativeCompression {
    private static final Logger LOG = Logger.getLogger(NativeCompression.class);

    /** Before any client is made, because each keeps what it finds first. */
    void load(@Observes @Priority(1) StartupEvent event) {
        try {
            LZ4Factory.nativeInstance();
        } catch (RuntimeException | LinkageError e) {
            LOG.infof("LZ4 has no native library here, compression takes longer: %s", e.getMessage());
        }
    }
}
