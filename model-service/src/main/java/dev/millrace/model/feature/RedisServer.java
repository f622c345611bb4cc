package dev.millrace.model.feature;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.exceptions.JedisException;

/** The Redis that keeps what windows hold, for all replicas. Thread-safe. */
final class RedisServer implements AutoCloseable {
    private static final int DEFAULT_PORT = 6379;
    private static final int CONNECTIONS = 64;
    private static final String STORE_TYPE = "PKCS12";
    /** Certificates of authorities are no secret, but the form asks for a password. */
    private static final char[] NO_SECRET = "none".toCharArray();

    private static final String POLICY = "maxmemory_policy:";

    private final HostAndPort address;
    private final RedisClient client;

    /**
     * The Redis of that URL; connected to when it is first asked.
     *
     * @throws IllegalArgumentException if the settings can not be
     */
    RedisServer(URI url, FeatureSettings.Redis settings) {
        boolean tls = "rediss".equals(url.getScheme());
        if (!tls && !"redis".equals(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "millrace.features.redis.url is '" + url.getScheme() + ":…'; expected"
                            + " redis://HOST:PORT, or rediss://HOST:PORT for TLS, with a database's number after a / where it is not 0");
        }
        if (url.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "millrace.features.redis.url has a user or a password in it; they belong in"
                            + " millrace.features.redis.username and millrace.features.redis.password");
        }
        this.address = new HostAndPort(url.getHost(), url.getPort() < 0 ? DEFAULT_PORT : url.getPort());
        int timeout = Math.toIntExact(settings.timeout().toMillis());
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .clientName("millrace-model")
                .connectionTimeoutMillis(timeout)
                .socketTimeoutMillis(timeout)
                .database(database(url));
        if (tls) {
            config.sslOptions(tls(settings.ca()));
        }
        settings.username().ifPresent(config::user);
        settings.password().ifPresent(config::password);
        GenericObjectPoolConfig<Connection> pool = new GenericObjectPoolConfig<>();
        pool.setMaxTotal(CONNECTIONS);
        pool.setMaxIdle(CONNECTIONS);
        pool.setMaxWait(settings.timeout());
        pool.setJmxEnabled(false);
        this.client = RedisClient.builder()
                .hostAndPort(address)
                .clientConfig(config.build())
                .poolConfig(pool)
                .build();
    }

    RedisClient client() {
        return client;
    }

    /** That failure, with where it was. */
    String says(JedisException failure) {
        Throwable cause = failure.getCause();
        return "Redis at " + address + ": " + failure.getMessage()
                + (cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }

    /**
     * A Redis that drops keys when its memory is full would make customers of thirty days look new.
     *
     * @throws IllegalStateException if it does
     */
    void requireThatItKeeps() {
        String policy = client.info("memory")
                .lines()
                .filter(line -> line.startsWith(POLICY))
                .map(line -> line.substring(POLICY.length()))
                .findFirst()
                .orElse("");
        if (policy.startsWith("allkeys")) {
            throw new IllegalStateException(
                    "Redis at " + address + " drops keys when its memory is full (maxmemory-policy " + policy
                            + "), so that features would be wrong; set it to noeviction");
        }
    }

    private static int database(URI url) {
        String path = url.getPath() == null ? "" : url.getPath().replaceFirst("^/", "");
        try {
            return path.isEmpty() ? 0 : Integer.parseInt(path);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "millrace.features.redis.url ends with '/" + path + "'; expected the number of a database", e);
        }
    }

    /** With the server's name checked. */
    private static SslOptions tls(Optional<Path> authorities) {
        SslOptions.Builder options = SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL);
        authorities.ifPresent(file -> {
            byte[] trusted = trusted(file);
            options.trustStoreType(STORE_TYPE).truststore(() -> new ByteArrayInputStream(trusted), NO_SECRET);
        });
        return options.build();
    }

    private static byte[] trusted(Path authorities) {
        try (InputStream certificates = Files.newInputStream(authorities)) {
            KeyStore trusted = KeyStore.getInstance(STORE_TYPE);
            trusted.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(certificates)) {
                trusted.setCertificateEntry("authority-" + trusted.size(), certificate);
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            trusted.store(bytes, NO_SECRET);
            return bytes.toByteArray();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("millrace.features.redis.ca: " + authorities + ": " + e, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
