package dev.millrace.model.registry;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Storage of one bucket that speaks as much of S3's protocol as the registry uses: HEAD, GET and PUT of objects, the bucket in
 * the path, signatures of version 4 that are checked, {@code If-None-Match: *}.
 */
final class S3Server implements AutoCloseable {
    static final String BUCKET = "models";
    static final String KEY_ID = "AKIDOFTESTS";
    static final String SECRET = "a-secret-of-tests";

    private static final Pattern AUTHORIZATION =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/]+)/((\\d+)/([^/]+)/s3/aws4_request),"
                    + " ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})");

    /** What is there, by key. */
    final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    /** Connections break while it is so. */
    final AtomicBoolean away = new AtomicBoolean();
    /** How many objects were written. */
    final AtomicInteger written = new AtomicInteger();
    /** Who asks may not list the bucket, and so may not know what is not there. */
    volatile boolean secretive;
    /** What happens just before an object is written. */
    volatile Runnable meanwhile = () -> {};

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    S3Server() {
        this(0);
    }

    S3Server(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (away.get()) {
                return;
            }
            String[] path = exchange.getRequestURI().getPath().substring(1).split("/", 2);
            String mistake = unsigned(exchange, body);
            if (mistake != null) {
                refuse(exchange, 403, mistake);
            } else if (!path[0].equals(BUCKET)) {
                refuse(exchange, 404, "NoSuchBucket");
            } else if (exchange.getRequestMethod().equals("PUT")) {
                put(exchange, path[1], body);
            } else {
                get(exchange, path[1]);
            }
        }
    }

    private void put(HttpExchange exchange, String key, byte[] body) throws IOException {
        meanwhile.run();
        if ("*".equals(exchange.getRequestHeaders().getFirst("If-None-Match")) && objects.containsKey(key)) {
            refuse(exchange, 412, "PreconditionFailed");
            return;
        }
        objects.put(key, body);
        written.incrementAndGet();
        exchange.sendResponseHeaders(200, -1);
    }

    private void get(HttpExchange exchange, String key) throws IOException {
        byte[] object = objects.get(key);
        if (object == null) {
            refuse(exchange, secretive ? 403 : 404, secretive ? "AccessDenied" : "NoSuchKey");
        } else if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(object.length));
            exchange.sendResponseHeaders(200, -1);
        } else {
            exchange.sendResponseHeaders(200, object.length);
            exchange.getResponseBody().write(object);
        }
    }

    private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        byte[] error = ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>no</Message></Error>")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        exchange.sendResponseHeaders(status, error.length);
        exchange.getResponseBody().write(error);
    }

    /** What is wrong with the signature, as Amazon's documentation of version 4 says to make it; or null. */
    private static String unsigned(HttpExchange exchange, byte[] body) {
        Headers headers = exchange.getRequestHeaders();
        String authorization = headers.getFirst("Authorization");
        Matcher said = AUTHORIZATION.matcher(authorization == null ? "" : authorization);
        String sum = headers.getFirst("x-amz-content-sha256");
        if (!said.matches() || sum == null) {
            return "AccessDenied";
        }
        if (!said.group(1).equals(KEY_ID)) {
            return "InvalidAccessKeyId";
        }
        StringBuilder request = new StringBuilder(exchange.getRequestMethod() + "\n"
                + exchange.getRequestURI().getRawPath() + "\n" + query(exchange) + "\n");
        for (String name : said.group(5).split(";")) {
            request.append(name)
                    .append(':')
                    .append(headers.getFirst(name).strip())
                    .append('\n');
        }
        request.append('\n').append(said.group(5)).append('\n').append(sum);
        String toSign = "AWS4-HMAC-SHA256\n" + headers.getFirst("x-amz-date") + "\n" + said.group(2) + "\n"
                + Checksum.of(request.toString().getBytes(StandardCharsets.UTF_8));
        byte[] key = hmac(("AWS4" + SECRET).getBytes(StandardCharsets.UTF_8), said.group(3));
        for (String part : new String[] {said.group(4), "s3", "aws4_request"}) {
            key = hmac(key, part);
        }
        boolean right = HexFormat.of().formatHex(hmac(key, toSign)).equals(said.group(6))
                && (sum.equals("UNSIGNED-PAYLOAD") || sum.equals(Checksum.of(body)));
        return right ? null : "SignatureDoesNotMatch";
    }

    private static String query(HttpExchange exchange) {
        String query = exchange.getRequestURI().getRawQuery();
        return query == null ? "" : query;
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HmacSHA256", e);
        }
    }
}
