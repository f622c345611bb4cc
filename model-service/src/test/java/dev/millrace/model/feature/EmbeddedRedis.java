package dev.millrace.model.feature;

import dev.millrace.local.port.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** A real Redis for the tests of one JVM, which ends it. */
final class EmbeddedRedis {
    private static final String PASSWORD = "not-to-be-guessed";
    private static final int PORT = FreePort.any();
    private static final int TLS_PORT = FreePort.any();
    private static final Path FOLDER = start();
    private static final RedisServer SERVER = connect(PASSWORD);

    private EmbeddedRedis() {}

    /** A client of it. */
    static RedisServer server() {
        return SERVER;
    }

    /** A client that gives that password. */
    static RedisServer connect(String password) {
        return connect("redis://localhost:" + PORT, password, Optional.empty());
    }

    /** A client that speaks TLS, and trusts the certificate that Redis shows if it is told to. */
    static RedisServer connectWithTls(boolean trusting) {
        return connect(
                "rediss://localhost:" + TLS_PORT,
                PASSWORD,
                Optional.of(FOLDER.resolve("redis.crt")).filter(file -> trusting));
    }

    /** A client of that address. */
    static RedisServer connect(String url, String password, Optional<Path> ca) {
        return new RedisServer(URI.create(url), new FeatureSettings.Redis() {
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
                return ca;
            }

            @Override
            public Duration timeout() {
                return Duration.ofSeconds(5);
            }
        });
    }

    private static Path start() {
        try {
            Path folder = Files.createTempDirectory("redis");
            makeCertificate(folder);
            redis.embedded.RedisServer server = redis.embedded.RedisServer.newRedisServer()
                    .port(PORT)
                    .setting("requirepass " + PASSWORD)
                    .setting("save \"\"")
                    .setting("tls-port " + TLS_PORT)
                    .setting("tls-cert-file " + folder.resolve("redis.crt"))
                    .setting("tls-key-file " + folder.resolve("redis.key"))
                    .setting("tls-ca-cert-file " + folder.resolve("redis.crt"))
                    .setting("tls-auth-clients no")
                    .build();
            server.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    server.stop();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Signed by itself, for localhost. */
    private static void makeCertificate(Path folder)
            throws IOException, GeneralSecurityException, InterruptedException {
        Path store = folder.resolve("redis.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process made = new ProcessBuilder(
                        (keytool + " -genkeypair -alias redis -keyalg RSA -dname CN=localhost -ext san=dns:localhost"
                                        + " -storetype PKCS12 -storepass " + PASSWORD + " -keystore " + store)
                                .split(" "))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.out").toFile())
                .start();
        if (made.waitFor() != 0) {
            throw new IOException("keytool failed; see " + folder.resolve("keytool.out"));
        }
        KeyStore pair = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        Files.writeString(
                folder.resolve("redis.crt"),
                pem("CERTIFICATE", pair.getCertificate("redis").getEncoded()));
        Files.writeString(
                folder.resolve("redis.key"),
                pem("PRIVATE KEY", pair.getKey("redis", PASSWORD.toCharArray()).getEncoded()));
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + what
                + "-----\n";
    }
}
