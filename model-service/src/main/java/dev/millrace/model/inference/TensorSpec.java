package dev.millrace.model.inference;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a graph says of one of its inputs or outputs.
 *
 * @param name its name
 * @param type the type of its elements
 * @param shape its dimensions, -1 for one of any length
 */
public record TensorSpec(String name, DataType type, List<Long> shape) {
    public TensorSpec {
        shape = List.copyOf(shape);
    }

    /** Whether a tensor of that shape may stand there. */
    public boolean takes(long[] actual) {
        if (actual.length != shape.size()) {
            return false;
        }
        for (int i = 0; i < actual.length; i++) {
            if (shape.get(i) >= 0 && shape.get(i) != actual[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether the first dimension counts rows, any number of them. */
    public boolean takesRows() {
        return !shape.isEmpty() && shape.get(0) < 0;
    }

    /** How many elements a row has; -1 if that may be any number. */
    long width() {
        long width = 1;
        for (long dimension : shape.subList(Math.min(1, shape.size()), shape.size())) {
            if (dimension < 0) {
                return -1;
            }
            width *= dimension;
        }
        return width;
    }

    @Override
    public String toString() {
        return "'" + name + "', " + type
                + shape.stream().map(String::valueOf).collect(Collectors.joining(" × ", " of ", ""));
    }
}
