package dev.millrace.local.status;

import dev.millrace.local.metrics.Scrape;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * How far a pipeline's records have come on a stack, by its services' counters, which begin anew with each of them.
 *
 * @param stack the stack
 * @param pipeline the pipeline's name
 */
public record Arrivals(Stack stack, String pipeline) {
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration STANDSTILL = Duration.ofSeconds(60);

    /** How many records ingest has taken or refused. */
    public long ingested() {
        Scrape scrape = Scrape.of(stack.address(Service.INGEST));
        return (long)
                (scrape.sum("millrace_events_total", taken()) + scrape.sum("millrace_rejected_total", ofPipeline()));
    }

    /** How many records are in the warehouse or in the rejected topic. */
    public long arrived() {
        double arrived = Scrape.of(stack.address(Service.LOAD)).sum("millrace_events_total", taken());
        for (Service service : Service.values()) {
            arrived += Scrape.of(stack.address(service)).sum("millrace_rejected_total", ofPipeline());
        }
        return (long) arrived;
    }

    private Map<String, String> taken() {
        return Map.of("pipeline", pipeline, "outcome", "ok");
    }

    private Map<String, String> ofPipeline() {
        return Map.of("pipeline", pipeline);
    }

    /**
     * Waits until a count has come to so many records.
     *
     * @param progress is told the count each time it is looked at
     * @return the count, which may be larger
     * @throws StackException if nothing arrives any more while something is missing
     */
    public static long await(long records, LongSupplier count, LongConsumer progress) {
        long arrived = count.getAsLong();
        long lastMove = System.nanoTime();
        while (arrived < records) {
            pause();
            long now = count.getAsLong();
            if (now != arrived) {
                lastMove = System.nanoTime();
            } else if (System.nanoTime() - lastMove > STANDSTILL.toNanos()) {
                throw new StackException("of " + records + " records " + arrived + " have arrived, and for "
                        + STANDSTILL.toSeconds() + " s none has; ./millrace status and the services' logs say more");
            }
            arrived = now;
            progress.accept(arrived);
        }
        return arrived;
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while waiting for the events", e);
        }
    }
}
