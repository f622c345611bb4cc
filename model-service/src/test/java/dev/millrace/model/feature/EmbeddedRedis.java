package dev.millrace.model.feature;

import dev.millrace.local.port.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import redis.embedded.RedisServer;

/** A real Redis for the tests of one JVM, which ends it. */
final class EmbeddedRedis {
    private static final String PASSWORD = "not-to-be-guessed";
    private static final int PORT = FreePort.any();
    private static final RedisServer PROCESS = start();
    private static final dev.millrace.model.feature.RedisServer SERVER = connect(PASSWORD);

    private EmbeddedRedis() {}

    /** A client of it. */
    static dev.millrace.model.feature.RedisServer server() {
        return SERVER;
    }

    /** A client that gives that password. */
    static dev.millrace.model.feature.RedisServer connect(String password) {
        return connect("redis://localhost:" + PORT, password);
    }

    /** A client of that address. */
    static dev.millrace.model.feature.RedisServer connect(String url, String password) {
        return new dev.millrace.model.feature.RedisServer(URI.create(url), new FeatureSettings.Redis() {
            @Override
            public Optional<URI> url() {
                return Optional.of(URI.create(url));
            }

            @Override
            public Optional<String> username() {
                return Optional.empty();
            }

            @Override
            public Optional<String> password() {
                return Optional.of(password);
            }

            @Override
            public Optional<Path> ca() {
                return Optional.empty();
            }

            @Override
            public Duration timeout() {
                return Duration.ofSeconds(5);
            }
        });
    }

    private static RedisServer start() {
        try {
            RedisServer server = RedisServer.newRedisServer()
                    .port(PORT)
                    .setting("requirepass " + PASSWORD)
                    .setting("save \"\"")
                    .build();
            server.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    server.stop();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
