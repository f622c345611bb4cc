package dev.millrace.local.status;

import dev.millrace.local.metrics.Scrape;
import dev.millrace.local.stack.RunState;
import dev.millrace.local.stack.Service;
import dev.millrace.local.terminal.Table;
import dev.millrace.pipeline.topic.Stage;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** A running stack at one moment; rates are of the second before. Immutable. */
public final class Status {
    private static final long OVER_MILLIS = 1_000;
    private static final String EVENTS = "millrace_events_total";
    private static final String REJECTED = "millrace_rejected_total";

    private final RunState state;
    private final Map<Service, Scrape> before;
    private final Map<Service, Scrape> now;
    private final double seconds;
    private final Map<String, Map<Stage, Long>> lags;

    private Status(
            RunState state,
            Map<Service, Scrape> before,
            Map<Service, Scrape> now,
            double seconds,
            Map<String, Map<Stage, Long>> lags) {
        this.state = state;
        this.before = before;
        this.now = now;
        this.seconds = seconds;
        this.lags = lags;
    }

    /** Looks at the stack twice, a second apart. */
    public static Status of(RunState state) {
        if (state.isBeginning()) {
            return new Status(state, Map.of(), Map.of(), 0, Map.of());
        }
        long start = System.nanoTime();
        Map<Service, Scrape> before = scrape(state);
        Map<String, Map<Stage, Long>> lags = Lag.of(state.bootstrapServers());
        try {
            TimeUnit.MILLISECONDS.sleep(OVER_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Map<Service, Scrape> now = scrape(state);
        return new Status(state, before, now, (System.nanoTime() - start) / 1e9, lags);
    }

    private static Map<Service, Scrape> scrape(RunState state) {
        Map<Service, Scrape> scrapes = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            Optional<URI> address =
                    state.find(service.label()).map(RunState.Entry::address).map(URI::create);
            scrapes.put(service, address.map(Scrape::of).orElseGet(() -> new Scrape(List.of())));
        }
        return scrapes;
    }

    /** The report. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(processes());
        if (lines.isEmpty()) {
            lines.add("Kafka and PostgreSQL are being started; ask again in a few seconds.");
        }
        for (String pipeline : pipelines()) {
            lines.add("");
            lines.add(pipeline);
            lines.addAll(stages(pipeline));
            lines.addAll(rejects(pipeline));
        }
        return lines;
    }

    private List<String> processes() {
        Table table = new Table();
        for (RunState.Entry entry : state.processes()) {
            Optional<ProcessHandle> process = entry.process().find();
            table.row(
                    entry.name(),
                    process.isPresent() ? "up" : "DOWN, see " + entry.log(),
                    entry.address(),
                    process.map(handle -> "pid " + handle.pid()).orElse(""));
        }
        return table.lines();
    }

    private SortedSet<String> pipelines() {
        SortedSet<String> pipelines = new TreeSet<>(lags.keySet());
        now.values()
                .forEach(scrape -> pipelines.addAll(
                        scrape.sums(EVENTS, Map.of(), "pipeline").keySet()));
        return pipelines;
    }

    private List<String> stages(String pipeline) {
        Table table = new Table().row("stage", "events", "events/s", "rejected", "waiting");
        for (Service service : Service.values()) {
            Map<String, String> labels = Map.of("pipeline", pipeline, "outcome", "ok");
            double events = now.get(service).sum(EVENTS, labels);
            double rate = (events - before.get(service).sum(EVENTS, labels)) / seconds;
            table.row(
                    service.label(),
                    number(events),
                    number(Math.max(0, rate)),
                    number(now.get(service).sum(REJECTED, Map.of("pipeline", pipeline))),
                    waiting(pipeline, service));
        }
        return table.lines();
    }

    private String waiting(String pipeline, Service service) {
        return switch (service) {
            case INGEST -> "";
            case LOAD -> number(now.get(service).sum("millrace_load_lag_records", Map.of("pipeline", pipeline)));
            case TRANSFORM, MODEL ->
                Optional.ofNullable(lags.getOrDefault(pipeline, Map.of()).get(Stage.valueOf(service.name())))
                        .map(Status::number)
                        .orElse("");
        };
    }

    private List<String> rejects(String pipeline) {
        Table table = new Table();
        for (Service service : Service.values()) {
            now.get(service)
                    .sums(REJECTED, Map.of("pipeline", pipeline), "reason")
                    .forEach((reason, count) -> table.row("rejected by " + service.label(), reason, number(count)));
        }
        return table.lines();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }
}
