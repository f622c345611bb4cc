package dev.millrace.service.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.util.List;

/**
 * The spans of sampled events while one thing is done for all of them. Closed without {@link #done()} they say that it failed.
 * Log lines of the thread carry the first one's trace. One thread.
 */
public class TracedCall implements AutoCloseable {
    private final List<Span> spans;
    private final Scope scope;
    private boolean done;

    TracedCall(List<Span> spans) {
        this.spans = spans;
        this.scope = spans.isEmpty() ? Scope.noop() : spans.get(0).makeCurrent();
    }

    /** It was done: whatever follows is no failure of it. */
    public final void done() {
        done = true;
    }

    /** The spans, one an event. */
    final List<Span> spans() {
        return spans;
    }

    @Override
    public final void close() {
        if (spans.isEmpty()) {
            return;
        }
        scope.close();
        for (Span span : spans) {
            if (!done) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        }
    }
}
