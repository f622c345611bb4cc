package dev.millrace.ingest.events;

import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** Reads a request's body whole, but never more of it than allowed. */
final class Body {
    /** A client that is sending reads no answer; so much is thrown away to let it come to reading. */
    private static final long MAX_DISCARDED = 256L * 1024 * 1024;

    private Body() {}

    /**
     * The body's bytes, unzipped if it says that it is zipped.
     *
     * @param announced how many bytes the client says that it sends, or -1
     * @throws ProblemException 413 if they are more than the limit, 400 if the body ends early or is no gzip
     */
    static byte[] read(InputStream body, long announced, String encoding, int limit) {
        byte[] bytes = received(body, announced, limit);
        return switch (encoding == null ? "identity" : encoding.strip().toLowerCase(Locale.ROOT)) {
            case "identity" -> bytes;
            case "gzip", "x-gzip" -> unzipped(bytes, limit);
            default ->
                throw new ProblemException(Problem.of(
                        415,
                        "encoding",
                        "Unsupported encoding",
                        "Send the body plain or with Content-Encoding: gzip."));
        };
    }

    private static byte[] received(InputStream body, long announced, int limit) {
        try {
            if (announced > MAX_DISCARDED) {
                throw tooLarge(limit);
            }
            byte[] bytes = body.readNBytes(limit);
            if (bytes.length == limit && body.read() >= 0) {
                discard(body);
                throw tooLarge(limit);
            }
            return bytes;
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(400, "body", "The body can not be read", "It ended early: " + e.getMessage() + "."));
        }
    }

    private static byte[] unzipped(byte[] zipped, int limit) {
        try (InputStream body = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            byte[] bytes = body.readNBytes(limit);
            if (bytes.length == limit && body.read() >= 0) {
                throw tooLarge(limit);
            }
            return bytes;
        } catch (IOException e) {
            String reason = e.getMessage() == null ? "it ends early" : e.getMessage();
            throw new ProblemException(
                    Problem.of(400, "gzip", "Not valid gzip", "The body could not be unzipped: " + reason + "."));
        }
    }

    private static ProblemException tooLarge(int limit) {
        return new ProblemException(Problem.of(
                413,
                "body-too-large",
                "The body is too large",
                "A body may have " + limit + " bytes (millrace.http.max-body). Send fewer events at once, or"
                        + " the whole as a file to POST /pipelines/{pipeline}/files."));
    }

    private static void discard(InputStream body) throws IOException {
        byte[] buffer = new byte[65_536];
        long left = MAX_DISCARDED;
        int read;
        while (left > 0 && (read = body.read(buffer)) >= 0) {
            left -= read;
        }
    }
}
