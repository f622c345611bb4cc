package dev.millrace.training.recommend.evaluate;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.training.recommend.history.Choices;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Popularity;
import dev.millrace.training.recommend.learn.Recommender;
import dev.millrace.training.recommend.learn.Shortlist;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * What the lists of some users are like, for whoever looks for drift: how long histories are, how popular what users chose is,
 * and what is listed, and of which kinds that is. The model service counts the same of its lists.
 *
 * @param features values by name: {@code history_items} a list, {@code chosen} an item of a history, {@code listed} and
 *     {@code listed_} with the name of an attribute an item on a list
 * @param scores the score of the first item of each list
 */
public record ListSample(Map<String, double[]> features, double[] scores) {
    private static final int USERS = 2_000;
    private static final int LENGTH = 10;
    /** How many of each history are drawn, so that a long one says no more than a short one. */
    private static final int CHOSEN = 5;
    /** An attribute with more values is a name, and no kind. */
    private static final int MOST_KINDS = 50;

    /**
     * The lists of users drawn by the seed.
     *
     * @param most how many items a history has when a list is asked for
     */
    public static ListSample of(Recommender recommender, Choices choices, int most, long seed) {
        Histories histories = choices.histories();
        int items = histories.items();
        Shortlist lists = new Shortlist(recommender, Popularity.of(histories), items);
        List<Double> lengths = new ArrayList<>();
        List<Integer> chosen = new ArrayList<>();
        List<Integer> listed = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        float[] own = new float[items];
        SplittableRandom random = new SplittableRandom(seed);
        for (int user : drawn(histories, random.split())) {
            int[] all = histories.of(user);
            int[] history = Arrays.copyOfRange(all, Math.max(0, all.length - most), all.length);
            List<Integer> list = lists.of(history, LENGTH, item -> true).chosen();
            if (!list.isEmpty()) {
                recommender.score(history, own);
                lengths.add((double) history.length);
                scores.add((double) own[list.get(0)]);
                random.ints(CHOSEN, 0, history.length)
                        .map(place -> history[place])
                        .forEach(chosen::add);
                listed.addAll(list);
            }
        }
        Map<String, double[]> features = new LinkedHashMap<>();
        features.put("history_items", doubles(lengths));
        features.put("chosen", popularity(chosen, choices));
        features.put("listed", popularity(listed, choices));
        kinds(choices)
                .forEach((name, kinds) -> features.put(
                        "listed_" + name,
                        listed.stream().mapToDouble(item -> kinds[item]).toArray()));
        return new ListSample(features, doubles(scores));
    }

    private static int[] drawn(Histories histories, SplittableRandom random) {
        return random.ints(0, histories.users())
                .limit(20L * USERS)
                .distinct()
                .filter(user -> histories.size(user) > 0)
                .limit(USERS)
                .toArray();
    }

    private static double[] popularity(List<Integer> items, Choices choices) {
        return items.stream().mapToDouble(item -> choices.popular()[item]).toArray();
    }

    /** Of each attribute that tells a kind, the number of each item's among all kinds in their order; NaN where it has none. */
    private static Map<String, double[]> kinds(Choices choices) {
        Map<String, double[]> all = new LinkedHashMap<>();
        for (Field field : choices.fields().fields()) {
            boolean kind = field.type() == FieldType.STRING || field.type() == FieldType.BOOLEAN;
            if (!kind || field.name().equals(choices.item())) {
                continue;
            }
            TreeSet<String> names = new TreeSet<>();
            choices.items().stream()
                    .map(row -> row.get(field.name()))
                    .filter(Objects::nonNull)
                    .forEach(value -> names.add(value.toString()));
            if (names.size() > 1 && names.size() <= MOST_KINDS) {
                Map<String, Integer> numbers = new HashMap<>();
                names.forEach(name -> numbers.put(name, numbers.size()));
                all.put(
                        field.name(),
                        choices.items().stream()
                                .map(row -> row.get(field.name()))
                                .mapToDouble(value -> value == null ? Double.NaN : numbers.get(value.toString()))
                                .toArray());
            }
        }
        return all;
    }

    private static double[] doubles(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
