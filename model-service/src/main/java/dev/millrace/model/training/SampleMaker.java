package dev.millrace.model.training;

import dev.millrace.model.feature.Feature;
import dev.millrace.model.feature.FeatureReader;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.transform.Outcome;
import dev.millrace.simulator.Transaction;
import dev.millrace.simulator.TransactionJson;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;

/**
 * Makes samples of transactions by sending each through the pipeline, as the stream does: the same reading, the same
 * checks, the same derived fields. What the pipeline would reject is no sample.
 */
final class SampleMaker {
    private final Pipeline pipeline;
    private final FeatureReader reader;
    private final LocalDate firstDay;

    /**
     * @param pipeline the pipeline whose events are transactions
     * @param features names of its clean fields
     * @param firstDay the day that samples call 0
     */
    SampleMaker(Pipeline pipeline, List<String> features, LocalDate firstDay) {
        this.pipeline = pipeline;
        this.reader = FeatureReader.of(
                pipeline.transform().cleanSchema(),
                features.stream().map(name -> new Feature(name, 0)).toList());
        this.firstDay = firstDay;
    }

    /** The samples of those transactions, in their order. */
    Samples of(Iterable<Transaction> transactions) {
        Samples samples = new Samples(reader.size());
        float[] row = new float[reader.size()];
        for (Transaction transaction : transactions) {
            byte[] event = TransactionJson.line(transaction).getBytes(StandardCharsets.UTF_8);
            if (pipeline.eventReader().read(event) instanceof Reading.Read read
                    && pipeline.transform().apply(read.row(), (check, passed) -> {}) instanceof Outcome.Clean clean) {
                reader.read(clean.row(), row, 0);
                int day = (int) (transaction.at().toLocalDate().toEpochDay() - firstDay.toEpochDay());
                samples.add(row, transaction.fraud(), day, transaction.customerId());
            }
        }
        return samples;
    }
}
