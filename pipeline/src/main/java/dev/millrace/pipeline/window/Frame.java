package dev.millrace.pipeline.window;

import java.time.Duration;

/** Which events before a point in time a window holds. Times are microseconds of the epoch, in UTC. */
public sealed interface Frame {
    /** The earliest time, inclusive, of the events in the window that ends with that time, which is a bucket's. */
    long begin(long end, long precision);

    /** How far back it reaches at most. */
    Duration reach();

    /** What stands behind a feature's name when several windows are computed at once, such as {@code 7d}. */
    String suffix();

    /** The last so-and-so-long, up to the point in time: {@code (end - length, end]}. */
    record Sliding(Duration length) implements Frame {
        @Override
        public long begin(long end, long precision) {
            return end - Span.micros(length) + precision;
        }

        @Override
        public Duration reach() {
            return length;
        }

        @Override
        public String suffix() {
            return Span.text(length);
        }
    }

    /** Since the last full so-and-so-long of UTC: since midnight, since the full hour. */
    record Tumbling(Duration size) implements Frame {
        @Override
        public long begin(long end, long precision) {
            return Math.floorDiv(end, Span.micros(size)) * Span.micros(size);
        }

        @Override
        public Duration reach() {
            return size;
        }

        @Override
        public String suffix() {
            return Span.text(size);
        }
    }

    /** Of the windows of that size that begin so often, the oldest that is still open. */
    record Hopping(Duration size, Duration every) implements Frame {
        @Override
        public long begin(long end, long precision) {
            long hop = Span.micros(every);
            return (Math.floorDiv(end, hop) + 1) * hop - Span.micros(size);
        }

        @Override
        public Duration reach() {
            return size;
        }

        @Override
        public String suffix() {
            return Span.text(size);
        }
    }

    /** Since the last pause that was longer than the gap; where it began longer ago than at most, since then. */
    record Session(Duration gap, Duration atMost) implements Frame {
        /** The earliest time it can begin; the pauses are found in the state. */
        @Override
        public long begin(long end, long precision) {
            return end - Span.micros(atMost) + precision;
        }

        @Override
        public Duration reach() {
            return atMost;
        }

        @Override
        public String suffix() {
            return Span.text(gap);
        }
    }
}
