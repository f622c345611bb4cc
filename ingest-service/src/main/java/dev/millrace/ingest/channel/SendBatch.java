package dev.millrace.ingest.channel;

import dev.millrace.ingest.intake.Intake;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import dev.millrace.service.tracing.Sending;
import dev.millrace.service.tracing.StageTraces;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The records of one request on their way: sent as they are read, awaited together. One thread. */
public final class SendBatch {
    /** About how many bytes of records may be on their way at once. */
    public static final long MAX_BYTES = 8L * 1024 * 1024;

    private static final int MAX_RECORDS = 2_000;

    private final RawChannel channel;
    private final String pipeline;
    private final Duration patience;
    private final Sending traced;
    private final List<CompletableFuture<Void>> pending = new ArrayList<>();
    private long bytes;

    /**
     * An empty batch.
     *
     * @param patience how long {@link #await} waits
     */
    public SendBatch(RawChannel channel, String pipeline, Duration patience) {
        this.channel = channel;
        this.pipeline = pipeline;
        this.patience = patience;
        this.traced = StageTraces.of(Stage.INGEST, pipeline).sendingOfRequest();
    }

    /** Sends one record. */
    public void send(Intake intake) {
        traced.carry(intake.record());
        pending.add(channel.send(pipeline, intake.record()).toCompletableFuture());
        bytes += intake.size();
    }

    /** Whether so much was sent since the last {@link #await} that it is time for the next. */
    public boolean isFull() {
        return pending.size() >= MAX_RECORDS || bytes >= MAX_BYTES;
    }

    /**
     * Waits until the broker has all that was sent.
     *
     * @throws ProblemException if it does not have all of it in time; what it has stays, and sending all again is safe
     */
    public void await() {
        try {
            CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
            pending.clear();
            bytes = 0;
            traced.done();
        } catch (TimeoutException | ExecutionException e) {
            throw unavailable();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable();
        }
    }

    private ProblemException unavailable() {
        traced.close();
        return new ProblemException(
                Problem.of(
                        503,
                        "broker-unavailable",
                        "The broker does not answer",
                        "What was sent could not all be stored within " + patience.toSeconds()
                                + " s. Send the same request again: what was stored already is not doubled."),
                OptionalInt.of(5));
    }
}
