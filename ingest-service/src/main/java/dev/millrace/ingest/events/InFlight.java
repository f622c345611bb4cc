package dev.millrace.ingest.events;

import dev.millrace.ingest.IngestMetrics;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

/** Bounds the memory that requests take: bytes are reserved before a body is read. Thread-safe. */
@ApplicationScoped
public class InFlight {
    private final long limit;
    private final AtomicLong reserved = new AtomicLong();

    InFlight(HttpSettings settings, IngestMetrics metrics) {
        this.limit = settings.maxInFlight().asLongValue();
        metrics.inFlight(reserved::get);
    }

    /** Bytes that were reserved; closing gives them back. */
    public interface Reservation extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Reserves that many bytes.
     *
     * @throws ProblemException 429 if too many are reserved already
     */
    public Reservation reserve(long bytes) {
        long now = reserved.addAndGet(bytes);
        // A request that is larger than the limit by itself is let in when nothing else is.
        if (now > limit && now != bytes) {
            reserved.addAndGet(-bytes);
            throw new ProblemException(
                    Problem.of(
                            429,
                            "too-many-requests",
                            "Too much at once",
                            "Requests of " + (now - bytes) + " bytes are being worked on, and " + limit
                                    + " are the limit (millrace.http.max-in-flight). Wait, then send the same again."),
                    OptionalInt.of(1));
        }
        return () -> reserved.addAndGet(-bytes);
    }
}
