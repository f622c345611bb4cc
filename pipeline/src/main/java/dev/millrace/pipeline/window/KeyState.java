package dev.millrace.pipeline.window;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The buckets of one key, chunk by chunk, oldest first. Confined to one thread. */
public final class KeyState {
    private final WindowPlan plan;
    private final List<Chunk> chunks = new ArrayList<>();

    /** The state of a key of which nothing is known. */
    public KeyState(WindowPlan plan) {
        this.plan = plan;
    }

    /** Puts back a chunk that was stored; in the order of their numbers. */
    public void load(long number, byte[] bytes) {
        chunks.add(Chunk.of(plan.cells(), number, bytes));
    }

    /** How many buckets there are. */
    public int size() {
        return chunks.stream().mapToInt(Chunk::size).sum();
    }

    /** Whether an event of that time comes in time to be added. */
    boolean reaches(long time) {
        return chunks.isEmpty() || time >= newest() - plan.lateness();
    }

    /** Whether an event of that time can still be in a window to come. */
    boolean remembers(long time) {
        return chunks.isEmpty() || time >= newest() - plan.reach();
    }

    private long newest() {
        return chunks.get(chunks.size() - 1).lastTime();
    }

    /** The chunk of that time, which is made if there is none. */
    Chunk chunkOf(long time) {
        long number = plan.chunkOf(time);
        int at = chunks.size();
        while (at > 0 && chunks.get(at - 1).number() > number) {
            at--;
        }
        if (at > 0 && chunks.get(at - 1).number() == number) {
            return chunks.get(at - 1);
        }
        Chunk chunk = new Chunk(plan.cells(), number);
        chunks.add(at, chunk);
        return chunk;
    }

    /** Forgets what no window reaches any more and says the numbers of the chunks that are gone. */
    long[] expire() {
        long begin = newest() - plan.reach();
        int gone = 0;
        while (gone < chunks.size() && chunks.get(gone).lastTime() < begin) {
            gone++;
        }
        long[] numbers = new long[gone];
        for (int i = 0; i < gone; i++) {
            numbers[i] = chunks.get(i).number();
        }
        chunks.subList(0, gone).clear();
        return numbers;
    }

    /**
     * What each feature comes to in each frame: by aggregate, then by frame.
     *
     * @param end the time of the newest bucket that counts
     */
    Object[] features(long end) {
        long[] begins = plan.begins(end);
        for (int frame = 0; frame < begins.length; frame++) {
            if (plan.frames().get(frame) instanceof Frame.Session session) {
                begins[frame] = sessionBegin(end, begins[frame], Span.micros(session.gap()));
            }
        }
        Snapshots snapshots = new Snapshots(plan, begins);
        for (int i = chunks.size() - 1; i >= 0 && !snapshots.complete(); i--) {
            Chunk chunk = chunks.get(i);
            if (chunk.firstTime() <= end) {
                snapshots.add(chunk, end);
            }
        }
        return snapshots.results();
    }

    private long sessionBegin(long end, long earliest, long gap) {
        long begin = end;
        for (int i = chunks.size() - 1; i >= 0; i--) {
            Chunk chunk = chunks.get(i);
            for (int bucket = chunk.size() - 1; bucket >= 0; bucket--) {
                long time = chunk.time(bucket);
                if (time <= end) {
                    if (time < earliest || begin - time > gap) {
                        return begin;
                    }
                    begin = time;
                }
            }
        }
        return begin;
    }

    /** Sums buckets up from the newest on, and takes down what they come to where a frame begins. */
    private static final class Snapshots {
        private final WindowPlan plan;
        private final Cells cells;
        private final int[] order;
        private final long[] begins;
        private final Bucket sum;
        private final Object[] results;
        private final int aggregates;
        private int taken;

        Snapshots(WindowPlan plan, long[] begins) {
            this.plan = plan;
            this.cells = plan.cells();
            this.begins = begins;
            this.order = latestFirst(begins);
            this.sum = cells.empty();
            this.aggregates = plan.aggregates().size();
            this.results = new Object[aggregates * begins.length];
        }

        private static int[] latestFirst(long[] begins) {
            int[] order = new int[begins.length];
            Arrays.setAll(order, i -> i);
            for (int i = 1; i < order.length; i++) {
                for (int j = i; j > 0 && begins[order[j - 1]] < begins[order[j]]; j--) {
                    int swapped = order[j];
                    order[j] = order[j - 1];
                    order[j - 1] = swapped;
                }
            }
            return order;
        }

        boolean complete() {
            return taken == order.length;
        }

        void add(Chunk chunk, long end) {
            takeThoseBeginningAfter(chunk.lastTime());
            if (complete()) {
                return;
            }
            if (chunk.lastTime() <= end && chunk.firstTime() >= begins[order[taken]]) {
                chunk.mergeInto(sum);
                return;
            }
            for (int bucket = chunk.size() - 1; bucket >= 0; bucket--) {
                long time = chunk.time(bucket);
                if (time <= end) {
                    takeThoseBeginningAfter(time);
                    if (complete()) {
                        return;
                    }
                    chunk.mergeInto(sum, bucket);
                }
            }
        }

        private void takeThoseBeginningAfter(long time) {
            while (taken < order.length && begins[order[taken]] > time) {
                take();
            }
        }

        private void take() {
            for (int aggregate = 0; aggregate < aggregates; aggregate++) {
                results[aggregate * order.length + order[taken]] = cells.result(plan.cellOf(aggregate), sum);
            }
            taken++;
        }

        Object[] results() {
            while (!complete()) {
                take();
            }
            return results;
        }
    }
}
