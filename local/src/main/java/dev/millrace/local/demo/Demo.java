package dev.millrace.local.demo;

import dev.millrace.local.feed.HttpFeed;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackException;
import dev.millrace.local.status.Arrivals;
import dev.millrace.local.terminal.ProgressBar;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalDate;

/** Feeds a running stack with a year of card transactions, waits until each is where it belongs, and sums up. */
public final class Demo {
    /** The pipeline that is fed. */
    public static final String PIPELINE = "card-fraud";

    private static final String LABELS = "chargebacks";
    /** A second one would send what is days later first, and windows would call the rest late. */
    private static final int CONNECTIONS = 1;

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
        Arrivals arrivals = new Arrivals(stack, PIPELINE);
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
                    records -> Arrivals.await(records, arrivals::ingested, bar::at),
                    bar::at);
            fed = feeding.run();
            bar.end(fed.records());
        }
        ProgressBar bar = new ProgressBar(out, terminal, "arrived", fed.records());
        long arrived = Arrivals.await(fed.records(), arrivals::arrived, bar::at);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        bar.end(arrived);
        return new SummaryQuery(stack).of(fed, took);
    }
}
