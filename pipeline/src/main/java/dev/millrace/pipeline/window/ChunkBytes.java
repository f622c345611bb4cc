package dev.millrace.pipeline.window;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How a chunk's buckets are stored: how many, and of each its time, less that of the one before, its numbers and its objects.
 * Stateless.
 */
final class ChunkBytes {
    private static final byte FORMAT = 1;
    private static final int LONGEST_NUMBER = 10;

    private ChunkBytes() {}

    /** Buckets from one place to before another. */
    static byte[] write(Buckets buckets, int from, int to) {
        Cells cells = buckets.cells();
        return cells.objects() == 0 ? writeNumbers(buckets, from, to) : writeAll(buckets, from, to);
    }

    private static byte[] writeNumbers(Buckets buckets, int from, int to) {
        int width = buckets.cells().width();
        int most = 1 + LONGEST_NUMBER + (to - from) * (LONGEST_NUMBER + width * Double.BYTES);
        ByteBuffer bytes = ByteBuffer.allocate(most).put(FORMAT);
        writeNumber(bytes, to - from);
        long before = 0;
        for (int bucket = from; bucket < to; bucket++) {
            writeNumber(bytes, buckets.time(bucket) - before);
            before = buckets.time(bucket);
            for (int i = 0; i < width; i++) {
                bytes.putDouble(buckets.numbers()[bucket * width + i]);
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private static byte[] writeAll(Buckets buckets, int from, int to) {
        Cells cells = buckets.cells();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            ByteBuffer number = ByteBuffer.allocate(1 + LONGEST_NUMBER).put(FORMAT);
            writeNumber(number, to - from);
            out.write(number.array(), 0, number.position());
            long before = 0;
            for (int bucket = from; bucket < to; bucket++) {
                writeNumber(number.clear(), buckets.time(bucket) - before);
                out.write(number.array(), 0, number.position());
                before = buckets.time(bucket);
                for (int i = 0; i < cells.width(); i++) {
                    out.writeDouble(buckets.numbers()[bucket * cells.width() + i]);
                }
                for (int i = 0; i < cells.objects(); i++) {
                    Object state = buckets.objects()[bucket * cells.objects() + i];
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

    /**
     * The time of the first of stored buckets.
     *
     * @throws IllegalStateException if the bytes are of another format
     */
    static long firstTime(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            readCount(in);
            return readNumber(in);
        } catch (IOException e) {
            throw tooShort(e);
        }
    }

    /**
     * Puts stored buckets at a place among those that there are and says how many.
     *
     * @throws IllegalStateException if the bytes are of another format
     */
    static int read(byte[] bytes, Buckets into, int at) {
        Cells cells = into.cells();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int count = readCount(in);
            into.insert(at, count);
            long time = 0;
            for (int bucket = at; bucket < at + count; bucket++) {
                time += readNumber(in);
                into.setTime(bucket, time);
                for (int j = 0; j < cells.width(); j++) {
                    into.numbers()[bucket * cells.width() + j] = in.readDouble();
                }
                for (int j = 0; j < cells.objects(); j++) {
                    if (in.readBoolean()) {
                        into.objects()[bucket * cells.objects() + j] =
                                cells.object(j).read(in);
                    }
                }
            }
            return count;
        } catch (IOException e) {
            throw tooShort(e);
        }
    }

    private static int readCount(DataInputStream in) throws IOException {
        int format = in.readByte();
        if (format != FORMAT) {
            throw new IllegalStateException("a window's state has the unknown format " + format);
        }
        return (int) readNumber(in);
    }

    private static IllegalStateException tooShort(IOException e) {
        return new IllegalStateException("a window's state ends too early", e);
    }

    /** Signed numbers in seven bits a byte, small ones short (ZigZag and LEB128). */
    private static void writeNumber(ByteBuffer out, long number) {
        long rest = number << 1 ^ number >> 63;
        while ((rest & ~0x7FL) != 0) {
            out.put((byte) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
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
