package dev.millrace.images.base;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests as images are named by: SHA-256 in lower-case hexadecimal digits. */
public final class Sha256 {
    private Sha256() {}

    /** Of a file. */
    public static String of(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            return copy(content, OutputStream.nullOutputStream());
        }
    }

    /** Of those bytes. */
    public static String of(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    /** Of what is read to its end and written on. */
    static String copy(InputStream from, OutputStream to) throws IOException {
        DigestOutputStream digested = new DigestOutputStream(to, digest());
        from.transferTo(digested);
        digested.flush();
        return HexFormat.of().formatHex(digested.getMessageDigest().digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
