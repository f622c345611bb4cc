package dev.millrace.images.training;

import dev.millrace.images.base.BaseException;
import dev.millrace.images.base.BaseImage;
import dev.millrace.images.base.FileTree;
import dev.millrace.images.recipe.Recipe;
import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.feed.HttpFeed;
import dev.millrace.local.process.Life;
import dev.millrace.local.stack.Service;
import dev.millrace.local.warehouse.PostgresServer;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.simulator.TransactionJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Runs the card-fraud example through all four services and has their JVMs write AOT caches: classes loaded and linked,
 * profiles of methods. A cache fits the very Java runtime and the very files it was made from, so both are the image's.
 * One that was made before for the same is taken again, which keeps the images' digests.
 */
public final class Training {
    private static final int FIRST_WITH_CACHES = 25;
    private static final int EVENTS = 5_000;
    private static final int PREDICTIONS = 200;
    private static final int VISITS = 20;
    private static final Duration STARTS_WITHIN = Duration.ofMinutes(3);
    private static final Duration LOADS_WITHIN = Duration.ofMinutes(3);
    private static final long POLL_MILLIS = 100;

    private final BaseImage base;
    private final Path home;
    private final Path work;
    private final Consumer<String> progress;

    /**
     * A training.
     *
     * @param home the folder of the sources
     * @param work a folder to work in, where caches are kept
     * @param progress told of what is done and what can not be, in a line for people
     */
    public Training(BaseImage base, Path home, Path work, Consumer<String> progress) {
        this.base = base;
        this.home = home;
        this.work = work;
        this.progress = progress;
    }

    /**
     * Makes the caches.
     *
     * @param recipes those of all four services; the others are run beside those that are recorded
     * @param wanted the services that are recorded
     * @return the caches; none if the base's Java can not be run here or the run fails
     */
    public Map<Service, Path> caches(Map<Service, Recipe> recipes, Set<Service> wanted) throws IOException {
        Map<Service, Path> caches = new EnumMap<>(Service.class);
        for (Service service : wanted) {
            String key = TrainedService.key(recipes.get(service), base.id());
            caches.put(service, work.resolve("caches/" + service.label() + "-" + key + ".aot"));
        }
        if (caches.values().stream().allMatch(Files::exists)) {
            return caches;
        }
        Optional<String> obstacle = obstacle();
        if (obstacle.isPresent()) {
            progress.accept("no AOT cache: " + obstacle.get() + "; the services start slower for it");
            return Map.of();
        }
        try {
            Files.createDirectories(work.resolve("caches"));
            run(recipes, caches);
        } catch (RuntimeException | SQLException e) {
            progress.accept("no AOT cache: the training failed: " + e.getMessage());
            return Map.of();
        }
        return caches;
    }

    /** Why the base's Java can not record here. */
    private Optional<String> obstacle() throws IOException {
        int version = base.javaVersion();
        if (version < FIRST_WITH_CACHES) {
            return Optional.of("the base has "
                    + (version == 0 ? "no Java runtime that says its version" : "Java " + version) + ", and "
                    + FIRST_WITH_CACHES + " is the first that makes one in a run");
        }
        try {
            Process process = new ProcessBuilder(java().toString(), "-version")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0
                    ? Optional.empty()
                    : Optional.of("the base's Java does not run on this machine: " + output.strip());
        } catch (IOException e) {
            return Optional.of("the base's Java does not run on this machine: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BaseException("interrupted while the services were being trained");
        }
    }

    private Path java() {
        return base.java()
                .flatMap(base.files()::file)
                .orElseThrow(() -> new BaseException("the base has no java on its PATH"));
    }

    private void run(Map<Service, Recipe> recipes, Map<Service, Path> caches) throws IOException, SQLException {
        Path run = work.resolve("run").toAbsolutePath();
        FileTree.delete(run);
        Map<Service, TrainedService> services = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            TrainedService trained = new TrainedService(recipes.get(service), run.resolve(service.label()));
            trained.layOut();
            services.put(service, trained);
        }
        progress.accept(
                "training " + caches.keySet().stream().map(Service::label).toList() + " for their AOT caches");
        try (KafkaBroker kafka = KafkaBroker.start(run.resolve("kafka"), 0, Life.SHORT);
                PostgresServer postgres = PostgresServer.start(run.resolve("postgres"), 0)) {
            try {
                services.forEach((service, trained) -> trained.start(
                        java(),
                        environment(service, kafka, postgres),
                        Optional.ofNullable(caches.get(service)).map(Training::draft)));
                await(
                        "the services are ready",
                        STARTS_WITHIN,
                        () -> services.values().stream().allMatch(TrainedService::isReady));
                work(services, postgres);
            } finally {
                services.values().forEach(TrainedService::end);
            }
        }
        for (Map.Entry<Service, Path> cache : caches.entrySet()) {
            Path draft = draft(cache.getValue());
            if (!Files.exists(draft)) {
                throw new BaseException("Java wrote none for " + cache.getKey().label() + "; see "
                        + services.get(cache.getKey()).log());
            }
            Files.move(draft, cache.getValue(), StandardCopyOption.REPLACE_EXISTING);
        }
        FileTree.delete(run);
    }

    private static Path draft(Path cache) {
        return cache.resolveSibling(cache.getFileName() + ".part").toAbsolutePath();
    }

    private Map<String, String> environment(Service service, KafkaBroker kafka, PostgresServer postgres) {
        Map<String, String> environment = new HashMap<>();
        environment.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put(
                "MILLRACE_PIPELINES_DIR", home.resolve("examples/card-fraud").toString());
        if (service == Service.LOAD) {
            environment.put("QUARKUS_DATASOURCE_JDBC_URL", postgres.jdbcUrl());
            environment.put("QUARKUS_DATASOURCE_USERNAME", postgres.user());
            environment.put("QUARKUS_DATASOURCE_PASSWORD", postgres.password());
        }
        return environment;
    }

    /** What the services do all day: events, some of them bad, predictions, and the questions of who watches over them. */
    private static void work(Map<Service, TrainedService> services, PostgresServer postgres) throws SQLException {
        List<String> events = new CardSimulator(SimulatorSettings.handbook(1, 1))
                .stream()
                        .filter(transaction -> transaction.amount().signum() > 0)
                        .limit(EVENTS)
                        .map(TransactionJson::line)
                        .toList();
        try (HttpFeed feed = new HttpFeed(services.get(Service.INGEST).address(), "card-fraud", 2)) {
            feed.line("{\"transaction_id\":\"without the rest\"}");
            events.forEach(feed::line);
            feed.finish();
        }
        for (int i = 0; i < PREDICTIONS; i++) {
            services.get(Service.MODEL)
                    .post("/predict", "{\"model\":\"card-fraud\",\"inputs\":[" + events.get(i) + "]}");
            services.get(Service.INGEST).post("/pipelines/card-fraud/events", events.get(i));
        }
        for (int i = 0; i < VISITS; i++) {
            services.values().forEach(TrainedService::visit);
        }
        try (Connection connection =
                DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password())) {
            await("all events are loaded", LOADS_WITHIN, () -> rows(connection) >= events.size());
        }
    }

    private static long rows(Connection connection) {
        try (ResultSet rows = connection.createStatement().executeQuery("select count(*) from fact_transaction")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException noTableYet) {
            return 0;
        }
    }

    private static void await(String what, Duration patience, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new BaseException("waited " + patience.toSeconds() + " s until " + what);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BaseException("interrupted while the services were being trained");
            }
        }
    }
}
