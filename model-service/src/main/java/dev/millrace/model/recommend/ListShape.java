package dev.millrace.model.recommend;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * What a list is like, in the numbers whose distribution a version's training has written down: {@code history_items}, how many
 * items its history has; {@code chosen}, how popular one of these was, missing where the version does not know it; {@code listed}
 * and {@code listed_} with the name of an attribute, how popular one of the first ten on the list was, and of which kind it is.
 * Immutable and thread-safe.
 */
public final class ListShape {
    private static final String KIND = "listed_";

    private final List<String> names;
    private final List<ToDoubleFunction<Seen>> features;

    /**
     * A list.
     *
     * @param history how many items its history has
     * @param chosen one of them, drawn; -1 if the version does not know it
     * @param listed one of the first ten items, drawn
     */
    public record Seen(int history, int chosen, int listed) {}

    private ListShape(List<String> names, List<ToDoubleFunction<Seen>> features) {
        this.names = names;
        this.features = features;
    }

    /** The numbers of those names; one that nobody knows is missing of every list. */
    static ListShape of(Items items, Iterable<String> names) {
        Map<String, ToDoubleFunction<Seen>> features = new HashMap<>();
        for (String name : names) {
            features.put(name, feature(items, name));
        }
        List<String> sorted = features.keySet().stream().sorted().toList();
        return new ListShape(sorted, sorted.stream().map(features::get).toList());
    }

    private static ToDoubleFunction<Seen> feature(Items items, String name) {
        switch (name) {
            case "history_items":
                return Seen::history;
            case "chosen":
                return seen -> seen.chosen() < 0 ? Double.NaN : items.popular().score(seen.chosen());
            case "listed":
                return seen -> items.popular().score(seen.listed());
            default:
                int field = name.startsWith(KIND) ? items.schema().find(name.substring(KIND.length())) : -1;
                if (field < 0) {
                    return seen -> Double.NaN;
                }
                float[] kinds = kinds(items, field);
                return seen -> kinds[seen.listed()];
        }
    }

    /** Of each item the number of its kind among all in their order, as training counts them. */
    private static float[] kinds(Items items, int field) {
        TreeSet<String> names = new TreeSet<>();
        for (int item = 0; item < items.size(); item++) {
            if (items.row(item).get(field) != null) {
                names.add(items.row(item).get(field).toString());
            }
        }
        String[] sorted = names.toArray(String[]::new);
        float[] kinds = new float[items.size()];
        for (int item = 0; item < kinds.length; item++) {
            Object value = items.row(item).get(field);
            kinds[item] = value == null ? Float.NaN : Arrays.binarySearch(sorted, value.toString());
        }
        return kinds;
    }

    /** What the numbers are called. */
    public List<String> names() {
        return names;
    }

    /** The numbers of these lists, list after list. */
    public float[] of(List<Seen> lists) {
        float[] values = new float[lists.size() * names.size()];
        int at = 0;
        for (Seen list : lists) {
            for (ToDoubleFunction<Seen> feature : features) {
                values[at++] = (float) feature.applyAsDouble(list);
            }
        }
        return values;
    }
}
