package dev.millrace.bench.streaming;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import dev.millrace.pipeline.transform.CheckListener;
import dev.millrace.pipeline.transform.Outcome;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.simulator.TransactionJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntToLongFunction;

/** What transform does with an event besides Kafka, on one thread: JSON in, checks, derived fields, JSON out. */
public final class Stateless {
    private static final int EVENTS = 20_000;
    private static final double WARM_UP_SECONDS = 4;
    private static final double MEASURED_SECONDS = 6;
    private static final String DERIVED = "tx_datetime.getHours() <= 6";

    private static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: stateless }
            spec:
              event:
                id: transaction_id
                key: customer_id
                time: tx_datetime
                fields:
                  transaction_id: { type: string, required: true }
                  tx_datetime:    { type: timestamp, required: true, formats: ["yyyy-MM-dd HH:mm:ss"] }
                  customer_id:    { type: string, required: true }
                  terminal_id:    { type: string, required: true }
                  tx_amount:      { type: decimal, required: true }
              quality:
                - { name: amount-positive, check: "tx_amount > 0.0", otherwise: reject }
                - { name: amount-plausible, check: "tx_amount < 10000.0", otherwise: flag }
              transform:
                - derive: { is_night: "%s", is_weekend: "tx_datetime.getDayOfWeek() == 0 || tx_datetime.getDayOfWeek() == 6" }
            """.formatted(DERIVED);

    private final Pipeline pipeline;
    private final List<byte[]> events;
    private final List<Row> rows;
    private final Expression derived;

    /** Events to work on. */
    public Stateless() throws InvalidDeclarationException, InvalidExpressionException {
        this.pipeline = Pipeline.of(DeclarationReader.read("stateless.yaml", YAML));
        this.events = new CardSimulator(SimulatorSettings.handbook(1, 4))
                .stream()
                        .filter(transaction -> transaction.amount().signum() > 0)
                        .limit(EVENTS)
                        .map(transaction -> TransactionJson.line(transaction).getBytes(StandardCharsets.UTF_8))
                        .toList();
        this.rows = events.stream().map(this::read).toList();
        this.derived = Expression.compile(
                DERIVED, Pipeline.eventSchema(pipeline.declaration().spec().event()));
    }

    private Row read(byte[] event) {
        return ((Reading.Read) pipeline.eventReader().read(event)).row();
    }

    /** Events a second on one thread. */
    public double eventsPerSecond() {
        return perSecond(i -> {
            Outcome outcome = pipeline.transform().enter(read(events.get(i)), CheckListener.NONE);
            return pipeline.cleanWriter().write(((Outcome.Clean) outcome).row()).length;
        });
    }

    /** Nanoseconds that a derived field's expression takes. */
    public double nanosPerExpression() {
        return 1e9
                / perSecond(i -> {
                    try {
                        return derived.evaluate(rows.get(i)).hashCode();
                    } catch (EvaluationException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    /** What the work comes to is added up and looked at, so that it can not be left out. */
    private double perSecond(IntToLongFunction work) {
        long sum = run(work, WARM_UP_SECONDS)[1];
        long start = System.nanoTime();
        long[] measured = run(work, MEASURED_SECONDS);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (sum + measured[1] == 0) {
            throw new IllegalStateException("nothing was done");
        }
        return measured[0] / seconds;
    }

    private static long[] run(IntToLongFunction work, double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        long count = 0;
        long sum = 0;
        while (System.nanoTime() < end) {
            for (int i = 0; i < EVENTS; i += 2) {
                sum += work.applyAsLong(i) & 0xFF | 1;
                count++;
            }
        }
        return new long[] {count, sum};
    }
}
