package dev.millrace.pipeline.event;

/**
 * One thing that is wrong with a record: where, what was expected, what came.
 *
 * @param field the field's name, or empty if the record as a whole is meant
 * @param kind what sort of mistake it is
 * @param expected what would have been right, in words
 * @param actual what came, shortened; empty if nothing came
 */
public record Violation(String field, Kind kind, String expected, String actual) {
    private static final int MAX_ACTUAL = 80;

    /** The sorts of mistakes. */
    public enum Kind {
        /** The record can not be read at all. */
        MALFORMED,
        /** A required field is absent or null. */
        MISSING,
        /** A field's value is not of its type. */
        WRONG_TYPE
    }

    public Violation {
        // Shortened first: the cut may leave half a surrogate pair, which JSON in UTF-8 can not hold.
        actual = Text.storable(actual.length() <= MAX_ACTUAL ? actual : actual.substring(0, MAX_ACTUAL) + "…");
    }

    /** A record that can not be read. */
    public static Violation malformed(String expected, String actual) {
        return new Violation("", Kind.MALFORMED, expected, actual);
    }

    /** The sentence a person reads. */
    public String message() {
        String what = field.isEmpty() ? "the record" : "field '" + field + "'";
        return switch (kind) {
            case MISSING -> what + " is required and missing: expected " + expected;
            case MALFORMED, WRONG_TYPE -> what + ": expected " + expected + (actual.isEmpty() ? "" : ", got " + actual);
        };
    }
}
