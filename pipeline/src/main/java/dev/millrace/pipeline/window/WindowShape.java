package dev.millrace.pipeline.window;

import dev.millrace.pipeline.event.FieldType;
import java.util.List;

/**
 * How the buckets of a window are stored. A changed window that goes on with the state it had keeps the shape of that
 * state, with cells that nobody reads any more in it. Immutable.
 *
 * @param precision how finely times are told apart, in microseconds
 * @param chunk how long the stretch of time is that is stored at once, in microseconds
 * @param places over how many places of a key its chunks go round; 0 for a state from before there were such, in which
 *     each chunk has a place of its own and is removed when it is over
 * @param cells what a bucket has, in its order
 */
public record WindowShape(long precision, long chunk, long places, List<Cell> cells) {
    public WindowShape {
        cells = List.copyOf(cells);
    }

    /**
     * What a bucket has for one feature.
     *
     * @param feature the feature's name; empty where nothing is added to it any more
     * @param function the feature's function
     * @param type the type of what it is taken of
     */
    public record Cell(String feature, Function function, FieldType type) {}
}
