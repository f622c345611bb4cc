package dev.millrace.pipeline.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;

/** What is wrong with a text that is no JSON, in its reader's words, but for those on the reader's own settings. */
public final class JsonFault {
    private static final Pattern OF_THE_READER = Pattern.compile(" \\(start marker at \\[Source: [^\\]]*\\]\\)"
            + "|: enable `[^`]*` to allow"
            + "|, from `[^`]*`"
            + "| \\(bound as `[^`]*`\\): not allowed as per `[^`]*`");

    private JsonFault() {}

    /** The fault, without its place. */
    public static String of(JsonProcessingException e) {
        return OF_THE_READER.matcher(e.getOriginalMessage()).replaceAll("");
    }
}
