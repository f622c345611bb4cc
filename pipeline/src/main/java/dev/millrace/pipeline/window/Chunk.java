package dev.millrace.pipeline.window;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The buckets of a key in one stretch of time, oldest first: what is read from and written to a store at once. An event
 * changes one chunk, and a chunk is small beside the longest window. Confined to one thread.
 */
final class Chunk {
    private static final int FORMAT = 1;

    private final Cells cells;
    private final long number;
    private long[] times = new long[4];
    private double[] numbers;
    private Object[] objects;
    private int size;
    /** All buckets in one, or null if it is not known. */
    private Bucket total;

    Chunk(Cells cells, long number) {
        this.cells = cells;
        this.number = number;
        this.numbers = new double[times.length * cells.width()];
        this.objects = new Object[times.length * cells.objects()];
    }

    /** Which stretch of time it is. */
    long number() {
        return number;
    }

    int size() {
        return size;
    }

    /** The time of a bucket. */
    long time(int bucket) {
        return times[bucket];
    }

    long firstTime() {
        return times[0];
    }

    long lastTime() {
        return times[size - 1];
    }

    /** The bucket of that time, which is made if there is none. */
    int bucketOf(long time) {
        int found = Arrays.binarySearch(times, 0, size, time);
        return found >= 0 ? found : insert(-found - 1, time);
    }

    private int insert(int at, long time) {
        if (size == times.length) {
            times = Arrays.copyOf(times, size * 2);
            numbers = Arrays.copyOf(numbers, size * 2 * cells.width());
            objects = Arrays.copyOf(objects, size * 2 * cells.objects());
        }
        int behind = size - at;
        System.arraycopy(times, at, times, at + 1, behind);
        System.arraycopy(numbers, at * cells.width(), numbers, (at + 1) * cells.width(), behind * cells.width());
        System.arraycopy(objects, at * cells.objects(), objects, (at + 1) * cells.objects(), behind * cells.objects());
        times[at] = time;
        Arrays.fill(numbers, at * cells.width(), (at + 1) * cells.width(), 0);
        Arrays.fill(objects, at * cells.objects(), (at + 1) * cells.objects(), null);
        size++;
        return at;
    }

    /** Adds an event's share of one feature, or with a weight of -1 takes it away. */
    void add(int bucket, int cell, Object value, int weight) {
        total = null;
        Summary summary = cells.summary(cell);
        int at = cells.at(cell);
        if (summary instanceof Summary.Numbers kept) {
            double number = value instanceof Number given ? given.doubleValue() : 1;
            kept.add(numbers, bucket * cells.width() + at, number, weight);
        } else if (summary instanceof Summary.Objects kept) {
            int place = bucket * cells.objects() + at;
            objects[place] = kept.add(objects[place], value);
        }
    }

    /** Adds a bucket to what the newer ones came to. */
    void mergeInto(Bucket newer, int bucket) {
        cells.merge(newer, numbers, bucket * cells.width(), objects, bucket * cells.objects());
    }

    /** Adds all buckets to what the newer ones came to. */
    void mergeInto(Bucket newer) {
        if (!cells.mergeToState()) {
            for (int bucket = size - 1; bucket >= 0; bucket--) {
                mergeInto(newer, bucket);
            }
            return;
        }
        if (total == null) {
            Bucket all = cells.empty();
            for (int bucket = size - 1; bucket >= 0; bucket--) {
                mergeInto(all, bucket);
            }
            total = all;
        }
        cells.merge(newer, total.numbers(), 0, total.objects(), 0);
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 + size * (6 + 8 * cells.width()));
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            writeNumber(out, size);
            long before = 0;
            for (int bucket = 0; bucket < size; bucket++) {
                writeNumber(out, bucket == 0 ? times[0] : times[bucket] - before);
                before = times[bucket];
                for (int i = 0; i < cells.width(); i++) {
                    out.writeDouble(numbers[bucket * cells.width() + i]);
                }
                for (int i = 0; i < cells.objects(); i++) {
                    Object state = objects[bucket * cells.objects() + i];
                    out.writeBoolean(state != null);
                    if (state != null) {
                        cells.object(i).write(state, out);
                    }
                }
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory can not fail", e);
        }
    }

    /** @throws IllegalStateException if the bytes are of another format */
    static Chunk of(Cells cells, long number, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT) {
                throw new IllegalStateException("a window's state has the unknown format " + format);
            }
            Chunk chunk = new Chunk(cells, number);
            int buckets = (int) readNumber(in);
            long time = 0;
            for (int bucket = 0; bucket < buckets; bucket++) {
                time += readNumber(in);
                chunk.insert(bucket, time);
                for (int i = 0; i < cells.width(); i++) {
                    chunk.numbers[bucket * cells.width() + i] = in.readDouble();
                }
                for (int i = 0; i < cells.objects(); i++) {
                    if (in.readBoolean()) {
                        chunk.objects[bucket * cells.objects() + i] =
                                cells.object(i).read(in);
                    }
                }
            }
            return chunk;
        } catch (IOException e) {
            throw new IllegalStateException("a window's state ends too early", e);
        }
    }

    /** Signed numbers in seven bits a byte, small ones short (ZigZag and LEB128). */
    private static void writeNumber(DataOutputStream out, long number) throws IOException {
        long rest = number << 1 ^ number >> 63;
        while ((rest & ~0x7FL) != 0) {
            out.writeByte((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    private static long readNumber(DataInputStream in) throws IOException {
        long rest = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.readByte();
            rest |= (next & 0x7FL) << shift;
            if (next >= 0) {
                break;
            }
        }
        return rest >>> 1 ^ -(rest & 1);
    }
}
