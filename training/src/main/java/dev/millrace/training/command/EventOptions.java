package dev.millrace.training.command;

import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.training.TrainingException;
import dev.millrace.training.sample.LabelledEvents;
import dev.millrace.training.sample.SimulatedTransactions;
import dev.millrace.training.sample.TransactionFile;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which labelled events are given: those of a file, or simulated ones. For an exclusive group of a command. */
public final class EventOptions {
    @ArgGroup(exclusive = false)
    private OfFile ofFile;

    @ArgGroup(exclusive = false)
    private Simulated simulated;

    private static final class OfFile {
        @Option(
                names = "--transactions",
                paramLabel = "FILE",
                required = true,
                description = "Events in the order of time, CSV or NDJSON, perhaps gzipped, with a column of labels.")
        private Path transactions;

        @Option(
                names = "--label-column",
                paramLabel = "NAME",
                defaultValue = "TX_FRAUD",
                description = "The file's column of labels, 1 or 0 (default: ${DEFAULT-VALUE}).")
        private String labelColumn;
    }

    private static final class Simulated {
        @Option(
                names = "--simulate",
                paramLabel = "DAYS",
                required = true,
                description = "That many days of simulated card transactions.")
        private int days;

        @Option(
                names = "--customers",
                paramLabel = "N",
                defaultValue = "5000",
                description =
                        "How many customers are simulated, with twice as many terminals (default: ${DEFAULT-VALUE}).")
        private int customers;
    }

    /**
     * The events.
     *
     * @param seed the seed of what is simulated
     * @throws TrainingException if nothing can be simulated of these numbers
     */
    public LabelledEvents given(long seed) {
        if (simulated == null) {
            return new TransactionFile(ofFile.transactions, ofFile.labelColumn);
        }
        try {
            return new SimulatedTransactions(new SimulatorSettings(
                    seed,
                    SimulatorSettings.handbook(seed, 1).start(),
                    simulated.days,
                    simulated.customers,
                    2 * simulated.customers));
        } catch (IllegalArgumentException e) {
            throw new TrainingException("nothing can be simulated: " + e.getMessage(), e);
        }
    }
}
