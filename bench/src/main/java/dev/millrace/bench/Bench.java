package dev.millrace.bench;

import dev.millrace.bench.autoscaling.SizingTable;
import dev.millrace.bench.serving.AmountAndTime;
import dev.millrace.bench.serving.LargeCatalogue;
import dev.millrace.bench.serving.Recommending;
import dev.millrace.bench.serving.Serving;
import dev.millrace.bench.serving.Soak;
import dev.millrace.bench.streaming.Brokerless;
import dev.millrace.bench.streaming.Keys;
import dev.millrace.bench.streaming.Stateless;
import dev.millrace.bench.streaming.Streaming;
import dev.millrace.local.feed.EventFile;
import dev.millrace.local.feed.HttpFeed;
import dev.millrace.local.metrics.Scrape;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import dev.millrace.local.warehouse.PostgresServer;
import dev.millrace.pipeline.topic.Topics;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.simulator.Transaction;
import dev.millrace.simulator.TransactionCsv;
import dev.millrace.simulator.TransactionJson;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures each stage and the whole, each beside a reference in the same run, and writes the page. */
@Command(
        name = "millrace bench",
        mixinStandardHelpOptions = true,
        description = "Measure each stage and the whole pipeline against Kafka's own tools and COPY; writes"
                + " docs/performance.md.")
final class Bench implements Callable<Integer> {
    private static final Topics TOPICS = new Topics("card-fraud");
    private static final int CONNECTIONS = 2;
    private static final int PARTITIONS = 4;
    private static final int SERVING_CONNECTIONS = 8;

    @Option(
            names = "--events",
            defaultValue = "500000",
            description = "How many card transactions are measured (default: ${DEFAULT-VALUE}).")
    private int events;

    @Option(
            names = "--warm-up",
            defaultValue = "300000",
            description = "How many are sent before, while the JVMs still compile (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(names = "--page", description = "The page to write (default: docs/performance.md).")
    private Path page;

    @Option(
            names = "--autoscaling",
            description = "Measure nothing; simulate the autoscaling of the chart and write its tables into"
                    + " docs/operations/sizing.md.")
    private boolean autoscaling;

    @Option(
            names = "--streaming",
            description =
                    "Measure rolling features alone, beside a Kafka Streams program written by hand, and write their"
                            + " section of docs/performance.md.")
    private boolean streaming;

    @Option(
            names = "--partitions",
            defaultValue = "0",
            description =
                    "With --streaming: measure with that many partitions alone. The page has what was measured with"
                            + " others before (default: one after another with 1 and 4).")
    private int partitions;

    @Option(
            names = "--predict",
            description =
                    "Measure /predict alone, under wrk, beside an endpoint that computes nothing and ONNX Runtime in a"
                            + " bare loop, and write its section of docs/performance.md.")
    private boolean predict;

    @Option(
            names = "--recommend",
            description =
                    "Measure recommendations at /predict alone, under wrk, beside the bare product of a history and"
                            + " its rows, and write their section of docs/performance.md.")
    private boolean recommend;

    @Option(
            names = "--catalogue",
            description =
                    "Measure nothing but learning from a million users and recommending of 100,000 items, and write"
                            + " their section of docs/performance.md.")
    private boolean catalogue;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "With --predict: how many rounds are measured (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "15",
            description = "With --predict: how long a round takes (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--note",
            defaultValue = "",
            description =
                    "With --predict, --recommend, --streaming, --catalogue or --keys: what the page says of the run besides, such as that others used the"
                            + " machine.")
    private String note;

    @Option(
            names = "--soak",
            arity = "0..1",
            fallbackValue = "1000000",
            description =
                    "Measure nothing; ask for so many predictions over HTTP (1000000 if it is not said) and see that the"
                            + " service's memory stays flat.")
    private Integer soak;

    @Option(
            names = "--keys",
            description =
                    "Measure nothing but transform-service's memory while the keys of a window grow to that many, and"
                            + " write it into docs/performance.md.")
    private int keys;

    private final Path home = Path.of(System.getProperty("millrace.home", ".")).toAbsolutePath();
    private final List<Measured> lines = new ArrayList<>();
    private int recordSize;
    private Rate produced;
    private Rate consumed;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (autoscaling) {
            SizingTable.write(home.resolve("docs/operations/sizing.md"));
            return 0;
        }
        if (streaming) {
            rollingFeatures();
            return 0;
        }
        if (predict) {
            new ServingSection(new Serving(home, rounds, seconds, SERVING_CONNECTIONS).measure(), note)
                    .write(page == null ? home.resolve("docs/performance.md") : page);
            return 0;
        }
        if (recommend) {
            new RecommendSection(new Recommending(home, rounds, seconds, SERVING_CONNECTIONS).measure(), note)
                    .write(page == null ? home.resolve("docs/performance.md") : page);
            return 0;
        }
        if (catalogue) {
            new CatalogueSection(new LargeCatalogue(home, seconds, SERVING_CONNECTIONS).measure(), note)
                    .write(page == null ? home.resolve("docs/performance.md") : page);
            return 0;
        }
        if (soak != null) {
            return new Soak(home, soak).run() ? 0 : 1;
        }
        if (keys > 0) {
            Keys.Grown grown = new Keys(home).growTo(keys, Bench::say);
            new KeysSection(grown, note).write(page == null ? home.resolve("docs/performance.md") : page);
            return grown.isFlat() ? 0 : 1;
        }
        // Without amounts of zero, so that every event goes all the way.
        List<Transaction> transactions = new CardSimulator(SimulatorSettings.handbook(1, 1 + (warmUp + events) / 9_000))
                .stream()
                        .filter(transaction -> transaction.amount().signum() > 0)
                        .limit(warmUp + events)
                        .toList();
        stages(transactions);
        endToEnd(transactions);
        new PerformancePage(events, warmUp, recordSize, lines)
                .write(page == null ? home.resolve("docs/performance.md") : page);
        return 0;
    }

    private void rollingFeatures() throws Exception {
        Stateless stateless = new Stateless();
        double rate = stateless.eventsPerSecond();
        double nanos = stateless.nanosPerExpression();
        say(String.format(Locale.ROOT, "without Kafka: %,.0f events/s; an expression: %.0f ns", rate, nanos));
        Brokerless.Speeds brokerless = new Brokerless(warmUp, events).measure();
        say("without a broker: " + brokerless);
        Streaming measure = new Streaming(home, warmUp, events);
        MeasuredBefore before = new MeasuredBefore(home.resolve(".millrace/bench-streaming.json"));
        for (int count : partitions > 0 ? List.of(partitions) : List.of(1, PARTITIONS)) {
            Streaming.Compared compared = measure.compare(count);
            say(compared.toString());
            before.put(compared);
        }
        new StreamingSection(events, warmUp, rate, nanos, brokerless, before.all(), note)
                .write(page == null ? home.resolve("docs/performance.md") : page);
    }

    private void stages(List<Transaction> transactions) throws Exception {
        // The audit reads every topic once more, which is no part of any stage's work.
        try (Stack stack = start(Map.of("MILLRACE_AUDIT_ENABLED", "false"))) {
            for (Service service : List.of(Service.TRANSFORM, Service.MODEL, Service.LOAD)) {
                stack.kill(service);
            }
            try (RecordSize raw = new RecordSize(stack.bootstrapServers(), TOPICS.raw())) {
                Rate overHttp = overHttp(stack, transactions.subList(0, (warmUp + events) / 2));
                Rate asFile = asFile(stack, transactions.subList((warmUp + events) / 2, transactions.size()));
                recordSize = raw.mean();
                references(stack);
                add("ingest, HTTP", overHttp, "producer", produced);
                add("ingest, files", asFile, "producer", produced);
            }
            add("transform", stage(stack, Service.TRANSFORM), "producer", produced);
            add("model", stage(stack, Service.MODEL), "producer", produced);
            Rate loaded = stage(stack, Service.LOAD);
            requireRows(stack);
            PlainCopy copy = new PlainCopy(stack.postgres());
            Rate copied = copy.ofText();
            lines.add(Measured.reference("PostgreSQL: COPY", copied));
            lines.add(new Measured("PostgreSQL: COPY, binary", copy.ofBinary(), "COPY", copied));
            add("load", loaded, "COPY", copied);
        }
    }

    private Stack start(Map<String, String> environment) {
        return Stack.start(
                StackSettings.of(home, home.resolve(".millrace/bench"))
                        .withFreePorts()
                        .withFolders(AmountAndTime.pipelines(home), AmountAndTime.models(home))
                        .forgetting(Forget.STATE_AND_FILES)
                        .withEnvironment(environment),
                Bench::say);
    }

    private void references(Stack stack) throws IOException, InterruptedException {
        KafkaPerf perf = new KafkaPerf(stack.bootstrapServers());
        perf.createTopic(PARTITIONS);
        produced = perf.produce(events, recordSize);
        consumed = perf.consume(events);
        lines.add(Measured.reference("Kafka: producer", produced));
        lines.add(new Measured("Kafka: consumer", consumed, "producer", produced));
        say(String.format(
                Locale.ROOT, "producer %,.0f/s, consumer %,.0f/s", produced.perSecond(), consumed.perSecond()));
    }

    /** Of a part, the share of the warm-up is sent first and not measured. */
    private int warmUpOf(List<Transaction> part) {
        return (int) ((long) part.size() * warmUp / (warmUp + events));
    }

    private Rate overHttp(Stack stack, List<Transaction> part) {
        int cold = warmUpOf(part);
        post(stack, part.subList(0, cold));
        return post(stack, part.subList(cold, part.size()));
    }

    private static Rate post(Stack stack, List<Transaction> transactions) {
        List<String> objects = transactions.stream().map(TransactionJson::line).toList();
        long start = System.nanoTime();
        try (HttpFeed feed = new HttpFeed(stack.address(Service.INGEST), TOPICS.pipeline(), CONNECTIONS)) {
            objects.forEach(feed::line);
            feed.finish();
            if (feed.accepted() != transactions.size()) {
                throw new IllegalStateException(feed.accepted() + " of " + transactions.size() + " were accepted");
            }
        }
        return new Rate(transactions.size(), (System.nanoTime() - start) / 1e9);
    }

    private Rate asFile(Stack stack, List<Transaction> part) throws InterruptedException {
        Growth growth = Growth.of(() -> through(stack, Service.INGEST));
        file(stack, "part", part);
        int cold = warmUpOf(part);
        return growth.await("ingest, files", cold, part.size() - cold);
    }

    private static void file(Stack stack, String name, List<Transaction> transactions) {
        Path path = stack.data().resolve(TOPICS.pipeline()).resolve(name + ".csv.gz");
        try (EventFile file = new EventFile(path, TransactionCsv.HEADER)) {
            transactions.forEach(transaction -> file.line(TransactionCsv.line(transaction)));
        }
    }

    /** Starts the service and watches it work off what waits for it; it idles on afterwards. */
    private Rate stage(Stack stack, Service service) throws InterruptedException {
        stack.startAtOnce(service);
        return Growth.of(() -> through(stack, service), () -> spent(stack, service))
                .await(service.label(), warmUp, events);
    }

    /** How many events the service has done with, by its own count. */
    private static long through(Stack stack, Service service) {
        return (long) Scrape.of(stack.address(service)).sum("millrace_events_total", Map.of("outcome", "ok"));
    }

    /** Seconds of processor time of the service's process. */
    private static double spent(Stack stack, Service service) {
        return Scrape.of(stack.address(service)).sum("process_cpu_time_ns_total", Map.of()) / 1e9;
    }

    private void endToEnd(List<Transaction> transactions) throws InterruptedException, SQLException {
        try (Stack stack = start(Map.of())) {
            Growth cold = Growth.of(() -> through(stack, Service.LOAD));
            half(stack, "warm-up", transactions.subList(0, warmUp));
            cold.await("end to end, warm-up", 0, warmUp);
            Growth rows = Growth.of(() -> through(stack, Service.LOAD));
            long start = System.nanoTime();
            half(stack, "measured", transactions.subList(warmUp, transactions.size()));
            rows.await("end to end", 0, events);
            add("end to end", new Rate(events, (System.nanoTime() - start) / 1e9), "producer", produced);
            requireRows(stack);
        }
    }

    /** Half of them as a file, half over HTTP. */
    private static void half(Stack stack, String name, List<Transaction> transactions) {
        int middle = transactions.size() / 2;
        file(stack, name, transactions.subList(0, middle));
        post(stack, transactions.subList(middle, transactions.size()));
    }

    private void add(String what, Rate rate, String reference, Rate referenceRate) {
        lines.add(new Measured(what, rate, reference, referenceRate));
        say(String.format(
                Locale.ROOT,
                "%s: %,.0f events/s, %.0f %% of %s",
                what,
                rate.perSecond(),
                100 * rate.perSecond() / referenceRate.perSecond(),
                reference));
    }

    private static void say(String line) {
        System.out.println("  " + line);
    }

    private void requireRows(Stack stack) throws SQLException {
        PostgresServer postgres = stack.postgres();
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
                ResultSet count = connection.createStatement().executeQuery("select count(*) from fact_transaction")) {
            count.next();
            if (count.getLong(1) != warmUp + events) {
                throw new IllegalStateException(
                        "the warehouse has " + count.getLong(1) + " rows of " + (warmUp + events));
            }
        }
    }
}
