package dev.millrace.local.port;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Ports of this machine's loopback address. Thread-safe. */
public final class FreePort {
    private static final int ANSWERS_WITHIN_MILLIS = 300;

    private static final int TRIES = 1_000;
    /** What listens on a port that was given away starts later; until then the system would give it again. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /** A port that nothing listens on now, and another one each time. */
    public static int any() {
        return IntStream.range(0, TRIES)
                .map(tried -> ofSystem())
                .filter(GIVEN::add)
                .findFirst()
                .orElseGet(FreePort::ofSystem);
    }

    private static int ofSystem() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no port is free", e);
        }
    }

    /** The port itself, or for 0 one that nothing listens on now. */
    public static int orAny(int port) {
        return port == 0 ? any() : port;
    }

    /** Whether something listens on that port. */
    public static boolean isTaken(int port) {
        return !canBind(port) || answers(port);
    }

    private static boolean canBind(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // A port that a closed connection still lingers on is free for a new listener.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** macOS lets a second listener have one address of a port whose wildcard address is taken. */
    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWERS_WITHIN_MILLIS);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }
}
