package dev.millrace.service.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * Problem details (RFC 9457).
 *
 * @param type a URI reference that names the sort of problem, such as {@code /problems/unknown-pipeline}
 * @param title what sort of problem it is, the same for each of its type
 * @param status the HTTP status
 * @param detail what is wrong this time and what to do
 * @param violations every single mistake, if there are several
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(String type, String title, int status, String detail, List<Entry> violations) {
    /** The media type of problem details. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /**
     * One mistake.
     *
     * @param where a JSON Pointer or a line number
     * @param expected what would have been right
     * @param actual what came
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Entry(String where, String expected, String actual) {}

    /** A problem without single violations. */
    public static Problem of(int status, String name, String title, String detail) {
        return new Problem("/problems/" + name, title, status, detail, List.of());
    }

    /** This problem with its single mistakes. */
    public Problem with(List<Entry> entries) {
        return new Problem(type, title, status, detail, List.copyOf(entries));
    }
}
