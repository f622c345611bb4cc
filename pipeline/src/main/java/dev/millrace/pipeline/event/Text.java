package dev.millrace.pipeline.event;

/** Which Java strings are text that every sink can hold: no U+0000, no surrogate without its other half. */
public final class Text {
    private static final char REPLACEMENT = '\uFFFD';

    private Text() {}

    /** Whether PostgreSQL, JSON and UTF-8 can all hold the string. */
    public static boolean isStorable(String text) {
        return firstUnstorable(text, 0) < 0;
    }

    /** The string with U+FFFD for each character that can not be stored. */
    public static String storable(String text) {
        int bad = firstUnstorable(text, 0);
        if (bad < 0) {
            return text;
        }
        StringBuilder repaired = new StringBuilder(text);
        while (bad >= 0) {
            repaired.setCharAt(bad, REPLACEMENT);
            bad = firstUnstorable(text, bad + 1);
        }
        return repaired.toString();
    }

    private static int firstUnstorable(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return i;
            }
            if (Character.isSurrogate(c)) {
                boolean paired = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!paired) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }
}
