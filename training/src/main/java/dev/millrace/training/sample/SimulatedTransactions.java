package dev.millrace.training.sample;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.simulator.TransactionJson;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Simulated card transactions, which carry their labels.
 *
 * @param settings what is simulated
 */
public record SimulatedTransactions(SimulatorSettings settings) implements LabelledEvents {
    @Override
    public String name() {
        return "simulated transactions, seed " + settings.seed();
    }

    @Override
    public String origin() {
        return String.format(
                Locale.ROOT,
                "simulated, %,d days from %s on of %,d customers and %,d terminals, seed %d",
                settings.days(),
                settings.start(),
                settings.customers(),
                settings.terminals(),
                settings.seed());
    }

    @Override
    public void forEach(Pipeline pipeline, Consumer<LabelledEvent> taker) {
        new CardSimulator(settings)
                .stream()
                        .forEach(transaction -> taker.accept(new LabelledEvent(
                                TransactionJson.line(transaction).getBytes(StandardCharsets.UTF_8),
                                transaction.fraud())));
    }
}
