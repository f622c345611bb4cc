package dev.millrace.ingest.events;

import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Reads a request's body whole, but never more of it than allowed. */
final class Body {
    /** A client that is sending reads no answer; so much is thrown away to let it come to reading. */
    private static final long MAX_DISCARDED = 256L * 1024 * 1024;

    private Body() {}

    /**
     * The body's bytes, unzipped if it says that it is zipped.
     *
     * @throws ProblemException 413 if they are more than the limit, 400 if the body ends early or is no gzip
     */
    static byte[] read(InputStream body, String encoding, int limit) {
        byte[] bytes = readAtMost(body, limit);
        if (encoding == null || encoding.equals("identity")) {
            return bytes;
        }
        if (!encoding.equals("gzip")) {
            throw new ProblemException(Problem.of(
                    415, "encoding", "Unsupported encoding", "Send the body plain or with Content-Encoding: gzip."));
        }
        try (InputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return readAtMost(unzipped, limit);
        } catch (IOException e) {
            throw new ProblemException(Problem.of(
                    400, "gzip", "Not valid gzip", "The body could not be unzipped: " + e.getMessage() + "."));
        }
    }

    private static byte[] readAtMost(InputStream body, int limit) {
        try {
            byte[] bytes = body.readNBytes(limit);
            if (bytes.length == limit && body.read() >= 0) {
                discard(body);
                throw new ProblemException(Problem.of(
                        413,
                        "body-too-large",
                        "The body is too large",
                        "A body may have " + limit + " bytes (millrace.http.max-body). Send fewer events at once, or"
                                + " the whole as a file to POST /pipelines/{pipeline}/files."));
            }
            return bytes;
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(400, "body", "The body can not be read", "It ended early: " + e.getMessage() + "."));
        }
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
