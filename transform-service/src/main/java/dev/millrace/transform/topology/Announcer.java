package dev.millrace.transform.topology;

import java.util.List;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Tells the steps behind a node how far it has come, so that they need not wait for events that it will not send. Confined
 * to its stream thread.
 */
final class Announcer {
    /** Milliseconds. More often would make more notes than events where few come. */
    private static final long APART = 100;

    private static final byte[] NO_KEY = {};

    private final ProcessorContext<byte[], Flow> context;
    private final List<String> children;
    private final int source;
    private long last = SourceProgress.UNKNOWN;

    /** For a node whose events come from that source, and those children of it. */
    Announcer(ProcessorContext<byte[], Flow> context, List<String> children, int source) {
        this.context = context;
        this.children = children;
        this.source = source;
    }

    /** Nothing before that mark comes any more; said if it has been a while. */
    void passed(long mark) {
        if (last == SourceProgress.UNKNOWN || mark >= last + APART) {
            announce(mark);
        }
    }

    /** Nothing before that mark comes any more; said at once, if it is new. */
    void announce(long mark) {
        if (mark <= last) {
            return;
        }
        last = mark;
        for (String child : children) {
            Flow note = new Flow.Sent(Order.progress(source, mark), new Flow.Progress(mark));
            context.forward(new Record<>(NO_KEY, note, Math.max(0, mark)), child);
        }
    }
}
