package dev.millrace.model.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** Reads a request's body whole, unzipped if it was zipped. */
final class RequestBytes {
    private RequestBytes() {}

    /**
     * The body's bytes.
     *
     * @throws Refusal if they are more than the limit, or not zipped as is said
     */
    static byte[] read(InputStream body, Optional<String> encoding, int limit) {
        try (InputStream plain = unzipped(body, encoding)) {
            byte[] bytes = plain.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new Refusal(
                        Refusal.Kind.TOO_LARGE,
                        "the body is too large: it may have " + limit + " bytes (millrace.protocol.max-body)");
            }
            return bytes;
        } catch (IOException e) {
            throw Refusal.invalid("the body can not be read: " + Quoted.shortened(String.valueOf(e.getMessage())));
        }
    }

    private static InputStream unzipped(InputStream body, Optional<String> encoding) throws IOException {
        return switch (encoding.orElse("identity").toLowerCase(Locale.ROOT).trim()) {
            case "identity", "" -> body;
            case "gzip" -> new GZIPInputStream(body);
            case "deflate" -> new InflaterInputStream(body);
            default ->
                throw Refusal.invalid(
                        "Content-Encoding is " + Quoted.of(encoding.get()) + "; known are gzip, deflate and identity");
        };
    }
}
