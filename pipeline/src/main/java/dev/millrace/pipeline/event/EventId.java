package dev.millrace.pipeline.event;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The id of an event that came without one: a hash of where it came from, so that the same record sent or read again
 * is the same event.
 */
public final class EventId {
    private static final int BYTES = 16;

    private EventId() {}

    /**
     * The id of the record at that position of that source: the first 128 bits of a SHA-256, in URL-safe Base64.
     *
     * @param source what tells this source from every other: a file's identity, a request's idempotency key
     * @param position the record's number in the source, from 0
     */
    public static String of(String source, long position) {
        MessageDigest digest = sha256();
        digest.update(source.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        digest.update(Long.toString(position).getBytes(StandardCharsets.US_ASCII));
        return shortened(digest);
    }

    /** The identity of some content: the first 128 bits of its SHA-256, in URL-safe Base64. */
    public static String ofContent(byte[] content) {
        MessageDigest digest = sha256();
        digest.update(content);
        return shortened(digest);
    }

    private static String shortened(MessageDigest digest) {
        byte[] hash = java.util.Arrays.copyOf(digest.digest(), BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
