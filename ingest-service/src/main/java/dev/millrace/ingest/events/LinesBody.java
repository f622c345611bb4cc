package dev.millrace.ingest.events;

import dev.millrace.service.file.Utf8Mark;
import java.util.Arrays;
import java.util.function.Consumer;

/** One JSON object a line; empty lines are passed over. A line that is no JSON is refused alone. */
final class LinesBody implements BodyFormat {
    @Override
    public void split(byte[] body, Consumer<Posted> records) {
        int line = 1;
        int start = Utf8Mark.length(body);
        for (int i = start; i <= body.length; i++) {
            if (i == body.length || body[i] == '\n') {
                int end = i > start && body[i - 1] == '\r' ? i - 1 : i;
                if (!isBlank(body, start, end)) {
                    records.accept(Posted.bare("line " + line, Arrays.copyOfRange(body, start, end)));
                }
                start = i + 1;
                line++;
            }
        }
    }

    private static boolean isBlank(byte[] body, int start, int end) {
        for (int i = start; i < end; i++) {
            if (body[i] != ' ' && body[i] != '\t') {
                return false;
            }
        }
        return true;
    }
}
