package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A section of {@code docs/performance.md} between marks of its own: each command writes what it measured, and leaves alone
 * what another's run wrote.
 *
 * @param about what it is about; its name in the marks
 * @param command the command that writes it
 */
record PageSection(String about, String command) {
    private static final Pattern ANY =
            Pattern.compile("<!-- ([^:>]+): written by [^>]+ -->.*?<!-- end of \\1 -->", Pattern.DOTALL);

    /** All sections of a page, to be kept by who writes the rest; nothing if it has none. */
    static String allOf(Path page) throws IOException {
        String text = Files.exists(page) ? Files.readString(page) : "";
        return ANY.matcher(text).results().map(found -> found.group() + "\n").collect(Collectors.joining("\n"));
    }

    /** Puts the text in the place of what the section had, or at the page's end. */
    void write(Path page, String text) throws IOException {
        String all = Files.exists(page) ? Files.readString(page) : "";
        String begin = "<!-- " + about + ": written by " + command + " -->";
        String end = "<!-- end of " + about + " -->";
        String now = begin + "\n\n" + text.strip() + "\n\n" + end;
        int from = all.indexOf(begin);
        Files.writeString(
                page,
                from < 0
                        ? all.stripTrailing() + "\n\n" + now + "\n"
                        : all.substring(0, from) + now + all.substring(all.indexOf(end, from) + end.length()));
    }
}
