package dev.millrace.model.traffic;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A list for one input.
 *
 * @param id its own, by which another can say that it was compared with it
 * @param user whom it is for, as clean events name them; nothing where no user was asked about
 * @param inputs what was asked
 * @param k how many items were asked for
 * @param basis what the list goes by
 * @param popularity of a popular list: since when that is, now or training
 * @param items the items, the best first
 * @param history what it was made from: the items of the history that the version knows, the latest first
 * @param unknown how many of the history it does not know
 * @param featuresAsOf when the newest event was accepted that the history knows of
 * @param compared the list that the shadow's is compared with
 */
public record MadeList(
        String id,
        Optional<String> user,
        Map<String, Object> inputs,
        int k,
        String basis,
        Optional<String> popularity,
        List<Item> items,
        List<String> history,
        int unknown,
        Optional<Instant> featuresAsOf,
        Optional<Compared> compared) {

    /** An item on it. */
    public record Item(String item, double score) {}

    /**
     * The list that was answered.
     *
     * @param id its id
     * @param version the version that made it
     * @param overlap of the longer list's items, the share that stands on both
     */
    public record Compared(String id, String version, double overlap) {}
}
