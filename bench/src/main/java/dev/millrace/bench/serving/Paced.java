package dev.millrace.bench.serving;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Posts one body at a constant rate on connections that stay open. An answer's time runs from when its request was due: one
 * that is late makes its connection's next ones late, and that counts.
 */
final class Paced {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final String OK = "HTTP/1.1 200 ";
    private static final String END = "\r\n\r\n";
    private static final int ROOM = 64 * 1024;
    private static final long AHEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String body;

    Paced(String body) {
        this.body = body;
    }

    /** Loads that address with so many requests a second. */
    Wrk.Load load(String address, int connections, int perSecond, int seconds)
            throws InterruptedException, IOException {
        URI uri = URI.create(address);
        byte[] request = ("POST " + uri.getPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority()
                        + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + END + body)
                .getBytes(StandardCharsets.UTF_8);
        long between = TimeUnit.SECONDS.toNanos(connections) / perSecond;
        int each = perSecond * seconds / connections;
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            long begin = System.nanoTime() + AHEAD_NANOS;
            List<Future<long[]>> asking = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                long first = begin + between * i / connections;
                asking.add(threads.submit(() -> ask(uri, request, first, between, each)));
            }
            long[] nanos = new long[connections * each];
            for (int i = 0; i < connections; i++) {
                System.arraycopy(asking.get(i).get(), 0, nanos, i * each, each);
            }
            double took = (System.nanoTime() - begin) / 1e9;
            Arrays.sort(nanos);
            return new Wrk.Load(
                    nanos.length / took, nanos[nanos.length / 2] / 1e6, nanos[(int) (nanos.length * 0.99)] / 1e6);
        } catch (ExecutionException e) {
            throw new IOException("a connection failed: " + e.getCause().getMessage(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** How long after it was due each request was answered. */
    private static long[] ask(URI uri, byte[] request, long first, long between, int count) throws IOException {
        long[] nanos = new long[count];
        byte[] room = new byte[ROOM];
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < count; i++) {
                long due = first + i * between;
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                out.write(request);
                readAnswer(in, room);
                nanos[i] = System.nanoTime() - due;
            }
        }
        return nanos;
    }

    private static void readAnswer(InputStream in, byte[] room) throws IOException {
        int size = 0;
        int whole = Integer.MAX_VALUE;
        while (size < whole) {
            int more = in.read(room, size, room.length - size);
            if (more <= 0) {
                throw new EOFException("an answer ended early");
            }
            size += more;
            if (whole == Integer.MAX_VALUE) {
                whole = length(new String(room, 0, size, StandardCharsets.ISO_8859_1));
            }
        }
    }

    /** How many bytes an answer has, its head included; the most there can be while its head is not there. */
    private static int length(String answer) throws IOException {
        int end = answer.indexOf(END);
        if (end < 0) {
            return Integer.MAX_VALUE;
        }
        Matcher length = LENGTH.matcher(answer);
        if (!answer.startsWith(OK) || !length.find()) {
            throw new IOException("another answer than expected: " + answer);
        }
        return end + END.length() + Integer.parseInt(length.group(1));
    }
}
