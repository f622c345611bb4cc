package dev.millrace.local.stack;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.RunningProcess;
import dev.millrace.local.process.Stop;
import dev.millrace.local.warehouse.PostgresServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The whole of Millrace on this machine: a Kafka broker, a PostgreSQL server and the four services, each a process of
 * its own that can be killed and started again. Its methods are called by one thread at a time.
 */
public final class Stack implements AutoCloseable {
    private static final int TAIL_LINES = 20;
    private static final long POLL_MILLIS = 100;
    private static final Duration SUPERVISOR_STOPS_WITHIN = Duration.ofSeconds(90);

    private final StackSettings settings;
    private final StateFolder folder;
    private final Ports ports;
    private final Consumer<String> progress;
    private final Map<Service, ServiceProcess> services = new EnumMap<>(Service.class);
    private final List<RunState.Entry> companions = new ArrayList<>();
    private KafkaBroker kafka;
    private PostgresServer postgres;

    private Stack(StackSettings settings, StateFolder folder, Ports ports, Consumer<String> progress) {
        this.settings = settings;
        this.folder = folder;
        this.ports = ports;
        this.progress = progress;
    }

    /**
     * Starts everything and waits until each part is ready.
     *
     * @param progress told of each step, in a line for people
     * @throws StackException if it can not run; nothing is left running then
     */
    public static Stack start(StackSettings settings, Consumer<String> progress) {
        requireBuilt(settings);
        StateFolder folder = StateFolder.hold(settings.state());
        Stack stack = null;
        try {
            int left = folder.stopLeftovers();
            if (left > 0) {
                progress.accept("ended " + left + " processes that a killed run left behind");
            }
            Ports ports = Ports.of(settings);
            folder.forget(settings.forget());
            stack = new Stack(settings, folder, ports, progress);
            // From the first moment on: it may be ended, or its supervisor killed, while it is being started.
            stack.remember();
            stack.startAll();
            return stack;
        } catch (RuntimeException e) {
            if (stack == null) {
                folder.close();
            } else {
                stack.close();
            }
            throw e;
        }
    }

    /**
     * Ends the stack of that folder, whoever started it, also while it is being started; tells how many processes were
     * ended, the supervisor among them.
     */
    public static int stop(Path state) {
        Optional<RunState> running = RunState.read(state);
        if (running.isEmpty()) {
            return 0;
        }
        Optional<ProcessHandle> supervisor = running.get().supervisor().find();
        int alive = (int) running.get().processes().stream()
                .filter(entry -> entry.process().find().isPresent())
                .count();
        if (supervisor.isEmpty()) {
            try (StateFolder folder = StateFolder.hold(state)) {
                return folder.stopLeftovers();
            }
        }
        // It ends its processes itself; what it leaves is ended here.
        Stop.inOrder(supervisor.get(), SUPERVISOR_STOPS_WITHIN);
        try (StateFolder folder = StateFolder.hold(state)) {
            folder.stopLeftovers();
        }
        return alive + 1;
    }

    private static void requireBuilt(StackSettings settings) {
        for (Service service : Service.values()) {
            if (!Files.exists(service.jar(settings.home()))) {
                throw new StackException(service.jar(settings.home()) + " is not there; ./millrace build makes it");
            }
        }
    }

    private void startAll() {
        long start = System.nanoTime();
        CompletableFuture<KafkaBroker> broker = CompletableFuture.supplyAsync(
                () -> KafkaBroker.start(settings.state().resolve("kafka"), ports.kafka(), settings.life()),
                Stack::inThreadOfItsOwn);
        CompletableFuture<PostgresServer> database = CompletableFuture.supplyAsync(
                () -> PostgresServer.start(settings.state().resolve("postgres"), ports.postgres()),
                Stack::inThreadOfItsOwn);
        try {
            CompletableFuture.allOf(broker, database)
                    .exceptionally(failure -> null)
                    .join();
            postgres = database.isCompletedExceptionally() ? null : database.join();
            kafka = broker.isCompletedExceptionally() ? null : broker.join();
            broker.join();
            database.join();
        } catch (CompletionException e) {
            throw new StackException(String.valueOf(e.getCause().getMessage()), e.getCause());
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new StackException("interrupted while Kafka and PostgreSQL were starting");
        }
        progress.accept("kafka and postgres answer after " + seconds(start));
        for (Service service : Service.values()) {
            services.put(service, process(service));
            services.get(service).start();
        }
        remember();
        awaitReady(EnumSet.allOf(Service.class));
    }

    /** The common pool has one thread on a machine of two cores. */
    private static void inThreadOfItsOwn(Runnable start) {
        new Thread(start, "start").start();
    }

    private ServiceProcess process(Service service) {
        return new ServiceProcess(
                service,
                service.jar(settings.home()),
                ports.services().get(service),
                settings.life(),
                new ServiceEnvironment(settings, kafka, postgres).of(service),
                folder.newLog(service.label()));
    }

    /** Where a service answers, for instance {@code http://localhost:8081}. */
    public URI address(Service service) {
        return services.get(service).address();
    }

    /** A service's log. */
    public Path log(Service service) {
        return services.get(service).log();
    }

    /** The folder that file sources are relative to. */
    public Path data() {
        return settings.data();
    }

    /** Where Kafka's clients connect. */
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** The database. */
    public PostgresServer postgres() {
        return postgres;
    }

    /** Ends a service at once, as {@code kill -9} does. */
    public void kill(Service service) {
        services.get(service).kill();
    }

    /** Starts a service again where it was, and waits until it is ready. */
    public void start(Service service) {
        startAtOnce(service);
        awaitReady(EnumSet.of(service));
    }

    /** Starts a service again where it was, and does not wait. */
    public void startAtOnce(Service service) {
        services.get(service).start();
        remember();
    }

    /** Ends the broker at once, as {@code kill -9} does. */
    public void killKafka() {
        kafka.kill();
    }

    /** Starts the broker again where it was. */
    public void startKafka() {
        kafka = KafkaBroker.start(settings.state().resolve("kafka"), ports.kafka(), settings.life());
        remember();
    }

    /** Ends the database at once, as {@code kill -9} does. */
    public void killPostgres() {
        postgres.kill();
    }

    /** Starts the database again where it was. */
    public void startPostgres() {
        postgres.close();
        postgres = PostgresServer.start(settings.state().resolve("postgres"), ports.postgres());
        remember();
    }

    /** Writes a process down that somebody else started beside the stack and ends, so that it is found if it is left behind. */
    public void accompany(String name, String address, Path log, ProcessHandle process) {
        companions.add(new RunState.Entry(name, address, log.toString(), RunningProcess.of(process)));
        remember();
    }

    /** Starts those processes again that have ended by themselves, and says so. */
    public void restartDead() {
        for (ServiceProcess service : services.values()) {
            if (service.hasDied()) {
                progress.accept(service.service().label() + " ended by itself (exit code " + service.exitCode()
                        + "); started again. The end of " + service.log() + ":" + tail(service));
                service.start();
                remember();
            }
        }
        if (!kafka.process().isAlive()) {
            progress.accept("kafka ended by itself; started again. Its log: " + kafka.log());
            startKafka();
        }
        if (postgres.process().isEmpty()) {
            progress.accept("postgres ended by itself; started again. Its log: " + postgresLog());
            startPostgres();
        }
    }

    private void awaitReady(Set<Service> awaited) {
        long start = System.nanoTime();
        Set<Service> left = EnumSet.copyOf(awaited);
        while (!left.isEmpty()) {
            for (Service service : List.copyOf(left)) {
                ServiceProcess process = services.get(service);
                if (process.isReady()) {
                    left.remove(service);
                    progress.accept(service.label() + " is ready after " + seconds(start));
                    process.waiting().forEach((pipeline, what) -> progress.accept("pipeline " + pipeline + " " + what));
                } else {
                    requireHope(process, start);
                }
            }
            pause();
        }
    }

    private void requireHope(ServiceProcess service, long start) {
        String name = service.service().label();
        if (service.hasDied()) {
            throw new StackException(name + " ended while starting (exit code " + service.exitCode() + "). The end of "
                    + service.log() + ":" + tail(service));
        }
        if (System.nanoTime() - start > settings.startsWithin().toNanos()) {
            throw new StackException(name + " is not ready after "
                    + settings.startsWithin().toSeconds() + " s; it says: " + service.readiness()
                    + System.lineSeparator()
                    + "The end of " + service.log() + ":" + tail(service));
        }
    }

    private static String tail(ServiceProcess service) {
        String line = System.lineSeparator() + "  ";
        return line + String.join(line, LogTail.of(service.log(), TAIL_LINES));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while the services were starting", e);
        }
    }

    private static String seconds(long since) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - since) / 1e9);
    }

    private void remember() {
        List<RunState.Entry> entries = new ArrayList<>();
        if (kafka != null) {
            entries.add(new RunState.Entry(
                    "kafka", kafka.bootstrapServers(), kafka.log().toString(), RunningProcess.of(kafka.process())));
        }
        Optional.ofNullable(postgres)
                .flatMap(PostgresServer::process)
                .ifPresent(process -> entries.add(new RunState.Entry(
                        "postgres", postgres.jdbcUrl(), postgresLog().toString(), RunningProcess.of(process))));
        for (ServiceProcess service : services.values()) {
            entries.add(new RunState.Entry(
                    service.service().label(),
                    service.address().toString(),
                    service.log().toString(),
                    RunningProcess.of(service.process())));
        }
        entries.addAll(companions);
        new RunState(
                        folder.self(),
                        settings.pipelines().toString(),
                        kafka == null ? "" : kafka.bootstrapServers(),
                        postgres == null ? "" : postgres.jdbcUrl(),
                        postgres == null ? "" : postgres.user(),
                        postgres == null ? "" : postgres.passwordFile().toString(),
                        entries)
                .write(settings.state());
    }

    private Path postgresLog() {
        return settings.state().resolve("postgres/postgres.log");
    }

    /** Ends everything in the order of the flow, so that each stage hands on what it has. */
    @Override
    public void close() {
        // Mostly it is an interrupt that brought the thread here. While it stands, nobody waits for a process to end in
        // order.
        boolean interrupted = Thread.interrupted();
        services.values().forEach(ServiceProcess::askToStop);
        services.values().forEach(ServiceProcess::stop);
        if (kafka != null) {
            kafka.close();
        }
        if (postgres != null) {
            postgres.close();
        }
        RunState.forget(settings.state());
        folder.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
