package dev.millrace.transform.topology;

import java.nio.charset.StandardCharsets;

/** Texts in Kafka's records, always in UTF-8. */
final class Texts {
    private Texts() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String of(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
