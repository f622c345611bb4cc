package dev.millrace.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Takes spans as a collector does, OTLP 1.x over HTTP in protobuf, and reads of them what a trace consists of. Thread-safe. */
final class Collector implements AutoCloseable {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;

    /** What one process said of one piece of work. */
    record Span(String service, String trace, String id, String parent, String name) {}

    private record Field(int number, ByteBuffer bytes) {}

    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    Collector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::take);
        server.setExecutor(Executors.newSingleThreadExecutor());
        server.start();
    }

    URI address() {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    List<Span> spans() {
        return List.copyOf(spans);
    }

    private void take(HttpExchange exchange) throws IOException {
        byte[] request = exchange.getRequestBody().readAllBytes();
        for (ByteBuffer ofProcess : all(ByteBuffer.wrap(request), 1)) {
            String service = service(only(ofProcess, 1));
            for (ByteBuffer ofScope : all(ofProcess, 2)) {
                all(ofScope, 2).forEach(span -> spans.add(span(service, span)));
            }
        }
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private static Span span(String service, ByteBuffer span) {
        return new Span(service, hex(only(span, 1)), hex(only(span, 2)), hex(only(span, 4)), text(only(span, 5)));
    }

    private static String service(ByteBuffer resource) {
        return all(resource, 1).stream()
                .filter(attribute -> text(only(attribute, 1)).equals("service.name"))
                .map(attribute -> text(only(only(attribute, 2), 1)))
                .findFirst()
                .orElse("");
    }

    private static ByteBuffer only(ByteBuffer message, int number) {
        List<ByteBuffer> found = all(message, number);
        return found.isEmpty() ? ByteBuffer.allocate(0) : found.get(0);
    }

    private static List<ByteBuffer> all(ByteBuffer message, int number) {
        return fields(message.duplicate()).stream()
                .filter(field -> field.number() == number)
                .map(Field::bytes)
                .toList();
    }

    private static List<Field> fields(ByteBuffer message) {
        List<Field> fields = new ArrayList<>();
        while (message.hasRemaining()) {
            long tag = varint(message);
            int type = (int) (tag & 7);
            int length = switch (type) {
                case VARINT -> 0;
                case FIXED_64 -> 8;
                case BYTES -> (int) varint(message);
                default -> 4;
            };
            if (type == VARINT) {
                varint(message);
            }
            fields.add(new Field((int) (tag >>> 3), message.slice(message.position(), length)));
            message.position(message.position() + length);
        }
        return fields;
    }

    private static long varint(ByteBuffer message) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = message.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
