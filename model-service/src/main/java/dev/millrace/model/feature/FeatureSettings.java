package dev.millrace.model.feature;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** How live features are kept. */
@ConfigMapping(prefix = "millrace.features")
public interface FeatureSettings {
    /**
     * Where this instance keeps what the windows hold, as it follows it for {@code /predict}, apart for each Kafka cluster.
     * Two processes need two folders; what is lost there is read again from Kafka.
     */
    @WithDefault("state/features")
    Path dir();

    /** How often it is looked for a new version of a pipeline's state, and whatever could not be followed is tried again. */
    @WithDefault("500ms")
    Duration poll();

    /** Where what the windows hold is kept once for all replicas, in place of each one's folder. */
    Redis redis();

    /** A Redis for what the windows hold. */
    interface Redis {
        /**
         * Its address: {@code redis://HOST:PORT}, or {@code rediss://HOST:PORT} with TLS; {@code /N} behind it names a database
         * other than 0. Empty: each replica keeps a copy in {@code millrace.features.dir}.
         */
        Optional<URI> url();

        /** The user's name. */
        Optional<String> username();

        /** The user's password; secret. */
        Optional<String> password();

        /** File of the certificates (PEM) of the authorities that the server's is signed by. Empty: those that Java trusts. */
        Optional<Path> ca();

        /** How long connecting and answering may take. */
        @WithDefault("2s")
        Duration timeout();
    }
}
