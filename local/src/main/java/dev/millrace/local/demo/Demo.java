package dev.millrace.local.demo;

import dev.millrace.local.feed.HttpFeed;
import dev.millrace.local.metrics.Scrape;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackException;
import dev.millrace.local.terminal.ProgressBar;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Feeds a running stack with a year of card transactions, waits until each is where it belongs, and sums up. */
public final class Demo {
    /** The pipeline that is fed. */
    public static final String PIPELINE = "card-fraud";

    private static final String LABELS = "chargebacks";
    /** A second one would send what is days later first, and windows would call the rest late. */
    private static final int CONNECTIONS = 1;

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration STANDSTILL = Duration.ofSeconds(60);
    private static final Map<String, String> OF_PIPELINE = Map.of("pipeline", PIPELINE);

    private final Stack stack;
    private final SimulatorSettings settings;
    private final PrintStream out;
    private final boolean terminal;

    /** A demonstration on that stack, which must be empty. */
    public Demo(Stack stack, SimulatorSettings settings, PrintStream out, boolean terminal) {
        this.stack = stack;
        this.settings = settings;
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * Runs it.
     *
     * @return what came out
     * @throws StackException if nothing arrives any more while something is missing
     */
    public Summary run() {
        CardSimulator simulator = new CardSimulator(settings);
        // A count needs no memory and takes a fraction of a second; a bar without an end is none.
        long expected = Feeding.records(simulator.stream().count());
        LocalDate overHttpFrom = settings.start().plusDays(settings.days() / 2);
        long start = System.nanoTime();
        Fed fed;
        try (HttpFeed http = new HttpFeed(stack.address(Service.INGEST), PIPELINE, CONNECTIONS);
                HttpFeed chargebacks = HttpFeed.ofLabels(stack.address(Service.INGEST), PIPELINE, LABELS)) {
            ProgressBar bar = new ProgressBar(out, terminal, "fed", expected);
            Feeding feeding = new Feeding(
                    simulator,
                    overHttpFrom,
                    stack.data().resolve(PIPELINE),
                    http,
                    chargebacks,
                    records -> await(records, this::ingested, bar),
                    bar::at);
            fed = feeding.run();
            bar.end(fed.records());
        }
        ProgressBar bar = new ProgressBar(out, terminal, "arrived", fed.records());
        long arrived = await(fed.records(), this::arrived, bar);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        bar.end(arrived);
        return new SummaryQuery(stack).of(fed, took);
    }

    private static long await(long records, LongSupplier count, ProgressBar bar) {
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
            bar.at(arrived);
        }
        return arrived;
    }

    /** What ingest has taken or refused. */
    private long ingested() {
        Scrape scrape = Scrape.of(stack.address(Service.INGEST));
        return (long) (scrape.sum("millrace_events_total", Map.of("pipeline", PIPELINE, "outcome", "ok"))
                + scrape.sum("millrace_rejected_total", OF_PIPELINE));
    }

    /** What is in the warehouse or in the rejected topic, by the services' counters. */
    private long arrived() {
        double arrived = Scrape.of(stack.address(Service.LOAD))
                .sum("millrace_events_total", Map.of("pipeline", PIPELINE, "outcome", "ok"));
        for (Service service : Service.values()) {
            arrived += Scrape.of(stack.address(service)).sum("millrace_rejected_total", OF_PIPELINE);
        }
        return (long) arrived;
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
