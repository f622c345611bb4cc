package dev.millrace.local.observe;

import dev.millrace.local.stack.StackException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for a program to answer over HTTP. Stateless. */
final class Answer {
    private static final long LOOK_AGAIN_MILLIS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    private Answer() {}

    /** Whether it answers with 200 before the time is over or the process ends. */
    static boolean within(Duration time, URI address, Process process) {
        long end = System.nanoTime() + time.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            if (now(address)) {
                return true;
            }
            pause();
        }
        return false;
    }

    private static boolean now(URI address) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(address).timeout(PATIENCE).build();
            return CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while waiting for " + address, e);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while waiting", e);
        }
    }
}
