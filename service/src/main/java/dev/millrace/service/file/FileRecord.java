package dev.millrace.service.file;

import dev.millrace.pipeline.event.Violation;

/**
 * One record of a file.
 *
 * @param where where it begins: {@code line 17}
 */
public sealed interface FileRecord {
    /** Where it begins: {@code line 17}. */
    String where();

    /** A record that may be an event. */
    record Readable(String where, byte[] json) implements FileRecord {}

    /** A record that is none, with its bytes and what is wrong with it. */
    record Broken(String where, byte[] original, Violation violation) implements FileRecord {}

    /** A record over the limit; only its beginning is kept. */
    record TooLarge(String where, byte[] beginning) implements FileRecord {}
}
