package dev.millrace.pipeline.window;

/**
 * What came of adding an event, or a label, to its key's state.
 *
 * @param features the values of the window's features; all null for an event that came too late
 * @param changed the place of the chunk that changed
 * @param bytes that chunk, to be stored; null where nothing changed
 * @param expired the places of the chunks that can be forgotten, as far as no other takes them
 * @param late whether the event came too late to be added
 */
public record Windowed(Object[] features, long changed, byte[] bytes, long[] expired, boolean late) {
    static Windowed late(int features) {
        return new Windowed(new Object[features], 0, null, new long[0], true);
    }
}
