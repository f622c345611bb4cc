package dev.millrace.load.batch;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a batch needs of one dimension: the natural keys whose surrogate keys are not known yet, where those belong in the
 * encoded rows, and the latest attributes. Confined to one thread at a time.
 */
public final class DimensionRows {
    private final Map<Object, Pending> rows = new LinkedHashMap<>();

    /** One row of the dimension. */
    public static final class Pending {
        private int[] places = new int[2];
        private int count;
        private final Object[] attributes;

        private Pending(int attributes) {
            this.attributes = new Object[attributes];
        }

        /** Whether a surrogate key has to be found. */
        public boolean unresolved() {
            return count > 0;
        }

        /** The latest attributes; null where the batch has no value. */
        public Object[] attributes() {
            return attributes;
        }

        private void removePlacesFrom(int end) {
            while (count > 0 && places[count - 1] >= end) {
                count--;
            }
        }

        private void addPlace(int place) {
            if (count == places.length) {
                places = Arrays.copyOf(places, count * 2);
            }
            places[count++] = place;
        }
    }

    /** The rows by natural key. */
    public Map<Object, Pending> rows() {
        return rows;
    }

    /** Writes the surrogate key to every place that waits for it. */
    public void resolve(Object naturalKey, long surrogateKey, CopyBuffer facts) {
        Pending row = rows.get(naturalKey);
        for (int i = 0; i < row.count; i++) {
            facts.overwrite(row.places[i], surrogateKey);
        }
    }

    Pending row(Object naturalKey, int attributes) {
        return rows.computeIfAbsent(naturalKey, key -> new Pending(attributes));
    }

    void await(Object naturalKey, int attributes, int place) {
        row(naturalKey, attributes).addPlace(place);
    }

    /** Takes back what was awaited behind that length of the encoded rows. */
    void truncate(int factsLength) {
        rows.values().forEach(row -> row.removePlacesFrom(factsLength));
        rows.values().removeIf(row -> !row.unresolved() && row.attributes.length == 0);
    }

    void clear() {
        rows.clear();
    }
}
