package dev.millrace.load.warehouse;

import dev.millrace.load.batch.Refusal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What became of a batch that was committed.
 *
 * @param rows how many events became rows
 * @param duplicates how many changed nothing, for they were there already
 * @param refusals what was refused; it stands in the outbox
 * @param changes how many rows of each table were inserted or updated
 */
public record Loaded(long rows, long duplicates, List<Refusal> refusals, Map<Change, Long> changes) {
    /** Nothing became of nothing. */
    public static final Loaded NOTHING = new Loaded(0, 0, List.of(), Map.of());

    /**
     * A way in which a table changed.
     *
     * @param table the table's name without its schema
     * @param operation {@code insert} or {@code update}
     */
    public record Change(String table, String operation) {
        static Change insert(String table) {
            return new Change(table, "insert");
        }

        static Change update(String table) {
            return new Change(table, "update");
        }
    }

    public Loaded {
        refusals = List.copyOf(refusals);
        changes = Map.copyOf(changes);
    }

    /** What became of this and another batch together. */
    public Loaded plus(Loaded other) {
        Map<Change, Long> sum = new HashMap<>(changes);
        other.changes.forEach((change, count) -> sum.merge(change, count, Long::sum));
        return new Loaded(
                rows + other.rows,
                duplicates + other.duplicates,
                Stream.concat(refusals.stream(), other.refusals.stream()).toList(),
                sum);
    }
}
