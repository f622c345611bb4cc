package dev.millrace.bench.serving;

import dev.millrace.local.process.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator of that name, which posts bodies on connections that stay open. */
final class Wrk {
    private static final Pattern REQUESTS = Pattern.compile("Requests/sec:\\s+([\\d.]+)");
    private static final Pattern P50 = Pattern.compile("50%\\s+([\\d.]+)(us|ms|s)");
    private static final Pattern P99 = Pattern.compile("99%\\s+([\\d.]+)(us|ms|s)");
    private static final Pattern FAILED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)|Socket errors: (.*)");

    private final Path folder;
    private final Path script;

    /**
     * @param requestsPerSecond how many were answered
     * @param medianMillis what half of them took at most
     * @param p99Millis what 99 of 100 took at most
     */
    record Load(double requestsPerSecond, double medianMillis, double p99Millis) {}

    Wrk(Path folder, String body) throws IOException {
        this(folder, "post.lua", "wrk.body = [[" + body + "]]\n");
    }

    private Wrk(Path folder, String name, String body) throws IOException {
        this.folder = folder;
        this.script = folder.resolve(name);
        Files.writeString(
                script, "wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\n" + body);
        requireProgram();
    }

    /** Posts bodies in which %d is another number below that bound each time, drawn at random. */
    static Wrk drawing(Path folder, String body, int bound) throws IOException {
        return new Wrk(
                folder,
                "draw.lua",
                "request = function() return wrk.format(nil, nil, nil, string.format([[" + body + "]], math.random(0, "
                        + (bound - 1) + "))) end\n");
    }

    private static void requireProgram() throws IOException {
        try {
            new ProcessBuilder("wrk", "--version")
                    .redirectErrorStream(true)
                    .start()
                    .destroy();
        } catch (IOException e) {
            throw new IOException(
                    "wrk is not there; install it, for instance by 'apt-get install wrk' or 'brew install wrk'", e);
        }
    }

    /** Loads that address for so many seconds. */
    Load load(String address, int connections, int seconds) throws IOException, InterruptedException {
        Path log = folder.resolve("wrk.log");
        Files.deleteIfExists(log);
        Process process = new Launch(
                        List.of(
                                "wrk",
                                "--threads",
                                "1",
                                "--connections",
                                Integer.toString(connections),
                                "--duration",
                                seconds + "s",
                                "--timeout",
                                "10s",
                                "--latency",
                                "--script",
                                script.toString(),
                                address),
                        Map.of(),
                        log)
                .start();
        int code = process.waitFor();
        String said = Files.readString(log);
        if (code != 0 || FAILED.matcher(said).find()) {
            throw new IllegalStateException("wrk of " + address + " failed: " + said);
        }
        return new Load(
                Double.parseDouble(find(REQUESTS, said).group(1)), millis(find(P50, said)), millis(find(P99, said)));
    }

    private static Matcher find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("wrk said something else than expected: " + text);
        }
        return matcher;
    }

    private static double millis(Matcher time) {
        double number = Double.parseDouble(time.group(1));
        return switch (time.group(2)) {
            case "us" -> number / 1_000;
            case "ms" -> number;
            default -> number * 1_000;
        };
    }
}
