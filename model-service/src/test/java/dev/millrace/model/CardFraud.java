package dev.millrace.model;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.transform.Outcome;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.simulator.Transaction;
import dev.millrace.simulator.TransactionJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Card transactions with what can be told of one alone, amount and time: a declaration, a model, and transactions as they
 * stand in its clean topic. The example of the same name has windows besides, which nobody fills here.
 */
public final class CardFraud {
    /** Its folder. */
    public static final Path FOLDER = Path.of("src", "test", "resources", "amount-and-time");
    /** The folder of its registered models. */
    public static final Path MODELS = FOLDER.resolve("models");

    private CardFraud() {}

    /** The declaration under another name, so that a test has topics of its own. */
    public static String declaration(String name) {
        try {
            return Files.readString(FOLDER.resolve("pipeline.yaml"))
                    .replaceFirst("(?m)^  name: card-fraud$", "  name: " + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pipeline under another name. */
    public static Pipeline pipeline(String name) {
        return pipelineOf(declaration(name));
    }

    /** The pipeline that is declared so. */
    public static Pipeline pipelineOf(String declaration) {
        try {
            return Pipeline.of(DeclarationReader.read("pipeline.yaml", declaration));
        } catch (InvalidDeclarationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Simulated transactions that the pipeline's checks let through, the same ones each time. */
    public static List<Transaction> transactions(int count) {
        return new CardSimulator(new SimulatorSettings(
                        7, SimulatorSettings.handbook(7, 1).start(), 200, 1_000, 2_000))
                .stream()
                        .filter(transaction -> transaction.amount().signum() > 0)
                        .limit(count)
                        .toList();
    }

    /** The transaction as transform leaves it. */
    public static Row clean(Pipeline pipeline, Transaction transaction) {
        byte[] event = TransactionJson.line(transaction).getBytes(StandardCharsets.UTF_8);
        Row row = ((Reading.Read) pipeline.eventReader().read(event)).row();
        return ((Outcome.Clean) pipeline.transform().apply(row, (check, passed) -> {})).row();
    }

    /** The event, as JSON, as transform leaves it by those steps. */
    public static Row clean(Pipeline pipeline, Transform transform, String event) {
        Row row = ((Reading.Read) pipeline.eventReader().read(event.getBytes(StandardCharsets.UTF_8))).row();
        return ((Outcome.Clean) transform.apply(row, (check, passed) -> {})).row();
    }

    /** The transaction's record in the clean topic. */
    public static ProducerRecord<byte[], byte[]> cleanRecord(
            Pipeline pipeline, Transaction transaction, long acceptedAtMillis) {
        byte[] value = pipeline.cleanWriter().write(clean(pipeline, transaction));
        return record(
                pipeline,
                Long.toString(transaction.id()),
                Integer.toString(transaction.customerId()),
                value,
                acceptedAtMillis);
    }

    /** A record of the clean topic with that value. */
    public static ProducerRecord<byte[], byte[]> record(
            Pipeline pipeline, String id, String key, byte[] value, long acceptedAtMillis) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                pipeline.topics().clean(), null, acceptedAtMillis, key.getBytes(StandardCharsets.UTF_8), value);
        new EventHeaders(
                        id,
                        "/simulated",
                        "millrace." + pipeline.name(),
                        java.time.LocalDateTime.of(2018, 4, 1, 0, 0).toInstant(ZoneOffset.UTC),
                        Optional.of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
                .writeTo((name, bytes) -> record.headers().add(name, bytes));
        return record;
    }
}
