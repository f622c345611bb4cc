package dev.millrace.pipeline.window;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Under what a chunk is stored: the length of its window's key, the key, the chunk's number. So the chunks of a key stand
 * together and in order. Stateless.
 */
public final class ChunkKey {
    private ChunkKey() {}

    /** The entry of the chunk of that number. */
    public static byte[] of(String key, long number) {
        byte[] text = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + text.length + Long.BYTES)
                .putInt(text.length)
                .put(text)
                // With the sign's bit turned round, bytes are ordered as numbers are.
                .putLong(number ^ Long.MIN_VALUE)
                .array();
    }

    /** The entry of the first possible chunk of the key. */
    public static byte[] first(String key) {
        return of(key, Long.MIN_VALUE);
    }

    /** The entry of the last possible chunk of the key. */
    public static byte[] last(String key) {
        return of(key, Long.MAX_VALUE);
    }

    /** The window's key in that entry. */
    public static String key(byte[] entry) {
        return new String(entry, Integer.BYTES, entry.length - Integer.BYTES - Long.BYTES, StandardCharsets.UTF_8);
    }

    /** The number of the chunk of that entry. */
    public static long number(byte[] entry) {
        return ByteBuffer.wrap(entry).getLong(entry.length - Long.BYTES) ^ Long.MIN_VALUE;
    }
}
