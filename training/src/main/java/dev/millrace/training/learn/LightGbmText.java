package dev.millrace.training.learn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the trees out of the text that LightGBM saves a model as (its {@code Tree::ToString}). */
final class LightGbmText {
    private LightGbmText() {}

    /**
     * The trees, in order.
     *
     * @throws IllegalArgumentException if a split is categorical or treats missing values in a way of its own
     */
    static List<Tree> read(String text) {
        List<Tree> trees = new ArrayList<>();
        String body = text.substring(text.indexOf("Tree="), text.indexOf("end of trees"));
        for (String block : body.split("(?=Tree=)")) {
            trees.add(tree(block));
        }
        return trees;
    }

    private static Tree tree(String block) {
        Map<String, String> entries = new HashMap<>();
        for (String line : block.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                entries.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        // Bit 0: categorical. Bits 2 and 3: how missing values go. Bit 1 says only where to, and so does not matter.
        if (Arrays.stream(integers(entries, "decision_type")).anyMatch(type -> (type & ~2) != 0)) {
            throw new IllegalArgumentException("expected numerical splits without missing values, got decision types "
                    + entries.get("decision_type"));
        }
        return new Tree(
                integers(entries, "split_feature"),
                numbers(entries, "threshold"),
                integers(entries, "left_child"),
                integers(entries, "right_child"),
                numbers(entries, "internal_count"),
                numbers(entries, "leaf_value"),
                numbers(entries, "leaf_count"));
    }

    private static int[] integers(Map<String, String> entries, String name) {
        return words(entries, name).mapToInt(Integer::parseInt).toArray();
    }

    private static double[] numbers(Map<String, String> entries, String name) {
        return words(entries, name).mapToDouble(Double::parseDouble).toArray();
    }

    private static java.util.stream.Stream<String> words(Map<String, String> entries, String name) {
        return Arrays.stream(entries.getOrDefault(name, "").split(" ")).filter(word -> !word.isEmpty());
    }
}
