package dev.millrace.transform.command;

import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.topic.Stage;
import java.util.List;

/**
 * What became of one record.
 *
 * @param where where it stands in its file: {@code line 17}
 * @param id the event's id; empty for a record that is no event
 * @param rows the event as it came to each step that it came to, and behind the last
 * @param ending how it ended
 */
record Trial(String where, String id, List<Row> rows, Ending ending) {
    /** How a record ended. */
    sealed interface Ending {}

    /** It went to the clean topic. */
    record Clean() implements Ending {}

    /**
     * It was refused.
     *
     * @param stage the stage that refused it
     * @param reason the reason's code
     * @param message why, in words
     * @param original the record as it came
     */
    record Rejected(Stage stage, String reason, String message, String original) implements Ending {}

    /** A step left it out, the last one that it came to. */
    record LeftOut(String why) implements Ending {}
}
