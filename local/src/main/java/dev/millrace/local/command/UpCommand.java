package dev.millrace.local.command;

import dev.millrace.local.declaration.DeclarationFolder;
import dev.millrace.local.observe.Observation;
import dev.millrace.local.process.Interrupt;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackException;
import dev.millrace.local.stack.StackSettings;
import dev.millrace.local.terminal.Table;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts everything, and ends it on Ctrl-C. */
@Command(
        name = "up",
        description = "Start Kafka, PostgreSQL and the four services; Ctrl-C ends them. What they hold survives.",
        sortOptions = false)
final class UpCommand implements Callable<Integer> {
    static final String STATE = ".millrace";

    private static final long LOOK_AGAIN_MILLIS = 1_000;
    /** Those that applications call; the others answer health and metrics alone. */
    private static final Set<Service> WITH_INTERFACE = EnumSet.of(Service.INGEST, Service.MODEL);

    @Mixin
    private StateOption state;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "DIR",
            description = "Folder of the pipelines' declarations (default: examples/card-fraud).")
    private Path folder;

    @Option(names = "--pipelines", paramLabel = "DIR", description = "The same folder, as an option.")
    private Path pipelines;

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description = "Folder of the models (default: models below the folder of the pipelines).")
    private Path models;

    @Option(names = "--fresh", description = "Forget what Kafka and PostgreSQL hold from former runs.")
    private boolean fresh;

    @Option(
            names = "--observe",
            description =
                    "Start Prometheus and Grafana too, where they are installed, with Millrace's alerts and dashboards.")
    private boolean observe;

    @Mixin
    private PortOptions ports;

    @Override
    public Integer call() {
        PrintStream out = System.out;
        StackSettings settings = settings();
        DeclarationFolder declarations = new DeclarationFolder(settings.pipelines());
        tell(declarations, out);
        Interrupt interrupt = Interrupt.listen();
        try (Stack stack = Stack.start(settings, line -> out.println("  " + line));
                Observation observation = observe ? Observation.start(stack, settings) : null) {
            addresses(stack, settings).forEach(out::println);
            if (observation != null) {
                observation.lines().forEach(out::println);
            }
            out.println("Ctrl-C ends all of it.");
            while (!interrupt.await(LOOK_AGAIN_MILLIS)) {
                stack.restartDead();
                tell(declarations, out);
            }
            out.println("ending …");
        } catch (RuntimeException e) {
            // What was under way when the wish came fails as it may.
            if (!interrupt.isWished()) {
                throw e;
            }
        } finally {
            interrupt.done();
        }
        return 0;
    }

    private static void tell(DeclarationFolder declarations, PrintStream out) {
        declarations.news().forEach(news -> news.lines().forEach(line -> out.println("  " + line)));
    }

    private StackSettings settings() {
        Path home = StateOption.home();
        if (folder != null && pipelines != null) {
            throw new StackException(
                    "the folder of the pipelines stands there twice: " + folder + " and --pipelines " + pipelines);
        }
        Path given = folder == null ? pipelines : folder;
        Path declarations = given == null ? home.resolve("examples/card-fraud") : given;
        if (!Files.isDirectory(declarations)) {
            throw new StackException("there is no folder " + declarations.toAbsolutePath()
                    + "; expected the folder that holds the pipelines' YAML files, such as examples/trips");
        }
        Path registry = models == null ? declarations.resolve("models") : models;
        StackSettings settings = StackSettings.of(home, state.or(STATE))
                .withFolders(declarations, registry)
                .forgetting(fresh ? Forget.STATE : Forget.NOTHING);
        return ports.applyTo(settings);
    }

    static Iterable<String> addresses(Stack stack, StackSettings settings) {
        Table table = new Table();
        for (Service service : Service.values()) {
            String toTry = WITH_INTERFACE.contains(service) ? stack.address(service) + "/q/swagger-ui" : "";
            table.row(service.label(), stack.address(service), toTry);
        }
        table.row("kafka", stack.bootstrapServers());
        table.row("postgres", stack.postgres().jdbcUrl());
        table.row("pipelines", settings.pipelines());
        table.row("files", stack.data());
        table.row("logs", settings.state().resolve("logs"));
        return table.lines();
    }
}
