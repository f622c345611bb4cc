package dev.millrace.model.protocol;

import dev.millrace.pipeline.event.Text;

/** What came, so short and clean that an answer can quote it. */
final class Quoted {
    private static final int LONGEST = 80;

    private Quoted() {}

    static String of(String text) {
        return "'" + shortened(text) + "'";
    }

    static String shortened(String text) {
        return Text.storable(text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text);
    }
}
