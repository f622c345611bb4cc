package dev.millrace.pipeline.window;

import java.util.Arrays;

/**
 * The buckets of one key. What is read from and written to a store at once is a chunk of them: those of one stretch of time.
 * An event changes one chunk, and a chunk is small beside the longest window. Confined to one thread.
 */
public final class KeyState {
    /** Of a chunk with fewer buckets, they are summed up each time. */
    private static final int WORTH_A_TOTAL = 8;
    /** So many buckets are summed up sooner than their chunks are looked at. */
    private static final int FEW = 64;

    private static final int FIRST_ROOM = 4;

    private final WindowPlan plan;
    private final Buckets buckets;
    /** Of each chunk, oldest first: which stretch of time it is, and the place of its first bucket. */
    private long[] numbers = new long[FIRST_ROOM];

    private int[] begins = new int[FIRST_ROOM];
    /** All of a chunk's buckets in one, or null if that is not known. */
    private Bucket[] totals = new Bucket[FIRST_ROOM];

    private int chunks;

    /** The state of a key of which nothing is known. */
    public KeyState(WindowPlan plan) {
        this.plan = plan;
        this.buckets = new Buckets(plan.cells());
    }

    /** Puts back a chunk that was stored; in any order. */
    public void load(byte[] bytes) {
        long number = plan.chunkOf(ChunkBytes.firstTime(bytes));
        int at = behind(number);
        insert(at, number);
        int read = ChunkBytes.read(bytes, buckets, begins[at]);
        for (int later = at + 1; later < chunks; later++) {
            begins[later] += read;
        }
    }

    /** How many buckets there are. */
    public int size() {
        return buckets.size();
    }

    /** Whether an event of that time comes in time to be added. */
    boolean reaches(long time) {
        return buckets.size() == 0 || time >= newest() - plan.lateness();
    }

    /** Whether an event of that time can still be in a window to come. */
    boolean remembers(long time) {
        return buckets.size() == 0 || time >= newest() - plan.reach();
    }

    private long newest() {
        return buckets.time(buckets.size() - 1);
    }

    /** The place of the chunk of that time, which is made if there is none. */
    int chunkOf(long time) {
        long number = plan.chunkOf(time);
        int at = behind(number);
        if (at > 0 && numbers[at - 1] == number) {
            return at - 1;
        }
        insert(at, number);
        return at;
    }

    /** How many chunks have that number or an earlier one. */
    private int behind(long number) {
        int at = chunks;
        while (at > 0 && numbers[at - 1] > number) {
            at--;
        }
        return at;
    }

    private void insert(int at, long number) {
        if (chunks == numbers.length) {
            numbers = Arrays.copyOf(numbers, chunks * 2);
            begins = Arrays.copyOf(begins, chunks * 2);
            totals = Arrays.copyOf(totals, chunks * 2);
        }
        int begin = begin(at);
        System.arraycopy(numbers, at, numbers, at + 1, chunks - at);
        System.arraycopy(begins, at, begins, at + 1, chunks - at);
        System.arraycopy(totals, at, totals, at + 1, chunks - at);
        numbers[at] = number;
        begins[at] = begin;
        totals[at] = null;
        chunks++;
    }

    private int begin(int chunk) {
        return chunk == chunks ? buckets.size() : begins[chunk];
    }

    /** The number of the chunk at that place. */
    long number(int chunk) {
        return numbers[chunk];
    }

    /** The chunk at that place, to be stored. */
    byte[] toBytes(int chunk) {
        return ChunkBytes.write(buckets, begins[chunk], begin(chunk + 1));
    }

    /** The place of the bucket of that time in that chunk; it is made if there is none. */
    int bucketOf(int chunk, long time) {
        int begin = begins[chunk];
        int behind = buckets.behind(time, begin, begin(chunk + 1));
        if (behind > begin && buckets.time(behind - 1) == time) {
            return behind - 1;
        }
        for (int later = chunk + 1; later < chunks; later++) {
            begins[later]++;
        }
        buckets.insert(behind, 1);
        buckets.setTime(behind, time);
        return behind;
    }

    /** Adds an event's share of one feature to a chunk's bucket, or with a weight of -1 takes it away. */
    void add(int chunk, int bucket, int cell, Object value, int weight) {
        totals[chunk] = null;
        buckets.add(bucket, cell, value, weight);
    }

    /** Forgets what no window reaches any more and says the numbers of the chunks that are gone. */
    long[] expire() {
        long begin = newest() - plan.reach();
        int gone = 0;
        while (gone < chunks && buckets.time(begin(gone + 1) - 1) < begin) {
            gone++;
        }
        long[] expired = Arrays.copyOf(numbers, gone);
        if (gone > 0) {
            remove(gone);
        }
        return expired;
    }

    private void remove(int gone) {
        int count = begin(gone);
        int left = chunks - gone;
        System.arraycopy(numbers, gone, numbers, 0, left);
        System.arraycopy(begins, gone, begins, 0, left);
        System.arraycopy(totals, gone, totals, 0, left);
        Arrays.fill(totals, left, chunks, null);
        for (int chunk = 0; chunk < left; chunk++) {
            begins[chunk] -= count;
        }
        chunks = left;
        buckets.removeFirst(count);
    }

    /**
     * What each feature comes to in each frame: by aggregate, then by frame.
     *
     * @param end the time of the newest bucket that counts
     */
    Object[] features(long end) {
        long[] frames = plan.begins(end);
        for (int frame = 0; frame < frames.length; frame++) {
            if (plan.frame(frame) instanceof Frame.Session session) {
                frames[frame] = sessionBegin(end, frames[frame], Span.micros(session.gap()));
            }
        }
        return new Sums().features(frames, end);
    }

    private long sessionBegin(long end, long earliest, long gap) {
        long begin = end;
        for (int bucket = buckets.behind(end, 0, buckets.size()) - 1; bucket >= 0; bucket--) {
            long time = buckets.time(bucket);
            if (time < earliest || begin - time > gap) {
                return begin;
            }
            begin = time;
        }
        return begin;
    }

    /** Sums buckets up from the newest on, and takes down what they come to where a frame begins. */
    private final class Sums {
        private final Cells cells = plan.cells();
        private final Bucket sum = cells.empty();

        Object[] features(long[] frames, long end) {
            int[] order = latestFirst(frames);
            int aggregates = plan.aggregates();
            Object[] features = new Object[aggregates * frames.length];
            int bucket = buckets.behind(end, 0, buckets.size()) - 1;
            for (int frame : order) {
                bucket = addFrom(bucket, frames[frame]);
                for (int aggregate = 0; aggregate < aggregates; aggregate++) {
                    features[aggregate * frames.length + frame] = cells.result(plan.cellOf(aggregate), sum);
                }
            }
            return features;
        }

        /** Adds what is not older than that, and says which bucket is next. */
        private int addFrom(int newest, long begin) {
            int first = buckets.behind(begin - 1, 0, newest + 1);
            return newest - first < FEW ? addEach(newest, first) : addChunks(newest, begin);
        }

        private int addEach(int newest, int first) {
            for (int bucket = newest; bucket >= first; bucket--) {
                buckets.mergeInto(sum, bucket);
            }
            return first - 1;
        }

        private int addChunks(int newest, long begin) {
            int bucket = newest;
            int chunk = chunks - 1;
            while (bucket >= 0 && buckets.time(bucket) >= begin) {
                while (begins[chunk] > bucket) {
                    chunk--;
                }
                int first = begins[chunk];
                boolean whole = bucket + 1 == begin(chunk + 1) && buckets.time(first) >= begin;
                if (whole && bucket + 1 - first >= WORTH_A_TOTAL && cells.mergeToState()) {
                    Bucket total = total(chunk);
                    cells.merge(sum, total.numbers(), 0, total.objects(), 0);
                    bucket = first - 1;
                } else {
                    int last = whole ? first : Math.max(first, buckets.behind(begin - 1, first, bucket + 1));
                    bucket = addEach(bucket, last);
                }
            }
            return bucket;
        }

        private Bucket total(int chunk) {
            if (totals[chunk] == null) {
                Bucket all = cells.empty();
                for (int bucket = begin(chunk + 1) - 1; bucket >= begins[chunk]; bucket--) {
                    buckets.mergeInto(all, bucket);
                }
                totals[chunk] = all;
            }
            return totals[chunk];
        }

        private static int[] latestFirst(long[] begins) {
            int[] order = new int[begins.length];
            for (int i = 0; i < order.length; i++) {
                int at = i;
                for (; at > 0 && begins[order[at - 1]] < begins[i]; at--) {
                    order[at] = order[at - 1];
                }
                order[at] = i;
            }
            return order;
        }
    }
}
