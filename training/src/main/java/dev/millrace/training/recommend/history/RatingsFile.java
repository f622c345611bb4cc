package dev.millrace.training.recommend.history;

import dev.millrace.training.TrainingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.zip.GZIPInputStream;

/**
 * A file of ratings as MovieLens publishes them: {@code ratings.dat} with {@code user::item::rating::timestamp} on each line,
 * or {@code ratings.csv} with the header {@code userId,movieId,rating,timestamp}. Timestamps are whole seconds. Any rating
 * counts as a choice, as in the published protocols.
 *
 * @param path the file, perhaps gzipped; its first line tells which of the two it is
 */
public record RatingsFile(Path path) {
    private static final String HEADER = "userid,movieid,rating,timestamp";
    private static final int STEP = 250_000;
    private static final int MOST_SHOWN = 80;

    /**
     * Reads all of it.
     *
     * @param progress is told now and then how many were read
     * @throws TrainingException if a line is no rating; it says which, and what was expected
     */
    public Histories read(IntConsumer progress) throws IOException {
        Histories.Builder histories = new Histories.Builder();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(open(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            if (line == null) {
                throw new TrainingException(path + " is empty; expected ratings");
            }
            boolean commas = header(line).equals(HEADER);
            if (!commas && !line.contains("::")) {
                throw mistaken(1, "the header userId,movieId,rating,timestamp or user::item::rating::timestamp", line);
            }
            Format format = commas ? new Format(",", HEADER) : new Format("::", "user::item::rating::timestamp");
            long number = 1;
            if (commas) {
                line = lines.readLine();
                number++;
            }
            for (; line != null; line = lines.readLine(), number++) {
                if (!line.isBlank()) {
                    add(format, line, number, histories);
                    if (histories.size() % STEP == 0) {
                        progress.accept(histories.size());
                    }
                }
            }
        }
        if (histories.size() == 0) {
            throw new TrainingException(path + " holds no rating");
        }
        return histories.build();
    }

    private record Format(String separator, String text) {}

    private static String header(String line) {
        String text = line.startsWith("\uFEFF") ? line.substring(1) : line;
        return text.replace("\"", "").replace(" ", "").toLowerCase(Locale.ROOT);
    }

    private void add(Format format, String line, long number, Histories.Builder histories) {
        String[] cells = line.split(format.separator(), -1);
        if (cells.length != 4) {
            throw mistaken(number, format.text() + ", four values", line);
        }
        String user = cells[0].trim();
        String item = cells[1].trim();
        if (user.isEmpty() || item.isEmpty()) {
            throw mistaken(number, "a user and an item", line);
        }
        try {
            Double.parseDouble(cells[2].trim());
        } catch (NumberFormatException e) {
            throw mistaken(number, "a number as the rating", line);
        }
        try {
            histories.add(user, item, Long.parseLong(cells[3].trim()));
        } catch (NumberFormatException e) {
            throw mistaken(number, "whole seconds since 1970 as the timestamp", line);
        }
    }

    private TrainingException mistaken(long number, String expected, String line) {
        String shown = line.length() > MOST_SHOWN ? line.substring(0, MOST_SHOWN) + "…" : line;
        return new TrainingException(path + ", line " + number + ": expected " + expected + ", got '" + shown + "'");
    }

    private InputStream open() throws IOException {
        InputStream bytes = Files.newInputStream(path);
        if (!path.toString().endsWith(".gz")) {
            return bytes;
        }
        try {
            return new GZIPInputStream(bytes);
        } catch (IOException e) {
            bytes.close();
            throw e;
        }
    }
}
