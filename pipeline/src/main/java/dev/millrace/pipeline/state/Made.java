package dev.millrace.pipeline.state;

/**
 * A field, and how its values are made.
 *
 * @param field its name
 * @param made a digest of what it is made of: the declared field, and each step that changed it
 */
public record Made(String field, String made) {
    /** Where there is no field: what goes by the event's id. */
    static final Made NONE = new Made("", "");
}
