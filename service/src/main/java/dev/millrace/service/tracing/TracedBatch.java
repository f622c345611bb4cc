package dev.millrace.service.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.List;

/** The sampled events among some that a stage works on at once: a {@code process} span each. One thread. */
public final class TracedBatch extends TracedCall {
    /** Of a batch without a sampled event. */
    public static final TracedBatch NONE = new TracedBatch(null, List.of());

    private static final TracedCall NOTHING = new TracedCall(List.of());

    private final Tracer tracer;

    TracedBatch(Tracer tracer, List<Span> spans) {
        super(spans);
        this.tracer = tracer;
    }

    /**
     * The transaction that writes the batch to PostgreSQL, as a child of each of its spans: it belongs to all their traces.
     *
     * @param table the table that gets the rows
     * @param rows how many
     */
    public TracedCall copyTo(String table, int rows) {
        if (spans().isEmpty()) {
            return NOTHING;
        }
        List<Span> children = new ArrayList<>();
        for (Span span : spans()) {
            children.add(tracer.spanBuilder("COPY " + table)
                    .setParent(Context.root().with(span))
                    .setSpanKind(SpanKind.CLIENT)
                    .setAttribute("db.system.name", "postgresql")
                    .setAttribute("db.operation.name", "COPY")
                    .setAttribute("db.collection.name", table)
                    .setAttribute("db.operation.batch.size", (long) rows)
                    .startSpan());
        }
        return new TracedCall(children);
    }
}
