package dev.millrace.pipeline.window;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Under what a chunk is stored: the length of its window's key, the key, its place. So the chunks of a key stand together. Stateless. */
public final class ChunkKey {
    private ChunkKey() {}

    /** The entry of that place. */
    public static byte[] of(String key, long place) {
        byte[] text = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + text.length + Long.BYTES)
                .putInt(text.length)
                .put(text)
                // With the sign's bit turned round, bytes are ordered as numbers are.
                .putLong(place ^ Long.MIN_VALUE)
                .array();
    }

    /** The entry of the first possible place of the key. */
    public static byte[] first(String key) {
        return of(key, Long.MIN_VALUE);
    }

    /** The entry of the last possible place of the key. */
    public static byte[] last(String key) {
        return of(key, Long.MAX_VALUE);
    }

    /** The window's key in that entry. */
    public static String key(byte[] entry) {
        return new String(entry, Integer.BYTES, entry.length - Integer.BYTES - Long.BYTES, StandardCharsets.UTF_8);
    }
}
