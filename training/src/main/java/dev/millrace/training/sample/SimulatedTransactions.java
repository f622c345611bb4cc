package dev.millrace.training.sample;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.simulator.TransactionJson;
import java.nio.charset.StandardCharsets;

/**
 * Simulated card transactions, which carry their labels: for examples and tests.
 *
 * @param settings what is simulated
 */
public record SimulatedTransactions(SimulatorSettings settings) {
    /** The samples of them, each with the features that the pipeline gives it. */
    public Samples read(Pipeline pipeline, Replay replay, SampleReader reader, Samples samples) {
        new CardSimulator(settings).stream().forEach(transaction -> {
            byte[] event = TransactionJson.line(transaction).getBytes(StandardCharsets.UTF_8);
            replay.send(event, transaction.fraud())
                    .ifPresent(row -> reader.read(row, pipeline.id(row).orElse(""), transaction.fraud(), samples));
        });
        return samples;
    }
}
