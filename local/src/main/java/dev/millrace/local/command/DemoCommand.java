package dev.millrace.local.command;

import dev.millrace.local.demo.Demo;
import dev.millrace.local.demo.Summary;
import dev.millrace.local.observe.Observation;
import dev.millrace.local.process.Interrupt;
import dev.millrace.local.process.Life;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import dev.millrace.local.warehouse.PostgresServer;
import dev.millrace.simulator.SimulatorSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The card-fraud example end to end in one go. */
@Command(
        name = "demo",
        description = "Run the card-fraud example end to end: a simulated year of card transactions, from files and"
                + " HTTP to scored warehouse rows.",
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {
    static final String STATE = ".millrace/demo";

    private static final long LOOK_AGAIN_MILLIS = 1_000;

    @Mixin
    private StateOption state;

    @Option(
            names = "--keep",
            negatable = true,
            description = "Stay up after the summary until Ctrl-C (default: on a terminal).")
    private Boolean keep;

    @Option(
            names = "--customers",
            defaultValue = "50",
            description = "How many customers are simulated (default: ${DEFAULT-VALUE}).")
    private int customers;

    @Option(
            names = "--days",
            defaultValue = "365",
            description = "How many days are simulated (default: ${DEFAULT-VALUE}).")
    private int days;

    @Option(
            names = "--seed",
            defaultValue = "7",
            description = "Another seed gives other transactions (default: ${DEFAULT-VALUE}).")
    private long seed;

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
        Path home = StateOption.home();
        StackSettings settings = ports.applyTo(StackSettings.of(home, state.or(STATE))
                .forgetting(Forget.STATE_AND_FILES)
                .withLife(Life.SHORT));
        SimulatorSettings simulated =
                new SimulatorSettings(seed, LocalDate.of(2018, 4, 1), days, customers, 2 * customers);
        Interrupt interrupt = Interrupt.listen();
        try (Stack stack = Stack.start(settings, line -> out.println("  " + line));
                Observation observation = observe ? Observation.start(stack, settings) : null) {
            if (observation != null) {
                observation.lines().forEach(out::println);
            }
            Summary summary = new Demo(stack, simulated, out, StateOption.onTerminal()).run();
            out.println();
            summary.lines().forEach(out::println);
            out.println();
            next(stack).forEach(out::println);
            if (keep == null ? StateOption.onTerminal() : keep) {
                out.println();
                out.println("  All of it stays up; Ctrl-C ends it.");
                while (!interrupt.await(LOOK_AGAIN_MILLIS)) {
                    stack.restartDead();
                }
            } else {
                out.println();
                out.println("  Ended. To try these lines: ./millrace up --state " + home.relativize(settings.state()));
            }
            return summary.missing() == 0 ? 0 : 1;
        } catch (RuntimeException e) {
            // What was under way when the wish came fails as it may.
            if (interrupt.isWished()) {
                return 0;
            }
            throw e;
        } finally {
            interrupt.done();
        }
    }

    private static List<String> next(Stack stack) {
        PostgresServer postgres = stack.postgres();
        String input =
                "{\"transaction_id\": \"t-1\", \"tx_datetime\": \"2019-04-01 03:12:00\", \"customer_id\": \"17\","
                        + " \"terminal_id\": \"42\", \"tx_amount\": 912.5}";
        return List.of(
                "  Score a transaction:",
                "  curl " + stack.address(Service.MODEL)
                        + "/predict -H 'Content-Type: application/json' -d '{\"model\":"
                        + " \"card-fraud\", \"inputs\": [" + input + "]}'",
                "  Send one through the pipeline:",
                "  curl " + stack.address(Service.INGEST)
                        + "/pipelines/card-fraud/events -H 'Content-Type: application/json' -d '" + input + "'",
                "  Ask the warehouse:",
                "  PGPASSWORD=$(cat " + postgres.passwordFile() + ") psql -h localhost -p " + postgres.port() + " -U "
                        + postgres.user() + " " + postgres.database()
                        + " -c \"select label, count(*), sum(tx_amount) from fact_transaction group by label\"");
    }
}
