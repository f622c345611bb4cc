package dev.millrace.service.resource;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * The figures of all replicas of a service together.
 *
 * @param figures by pipeline
 * @param replicas how many are in them
 */
record Fleet(Map<String, Figures> figures, int replicas) {
    static final Fleet NONE = new Fleet(Map.of(), 0);

    static Fleet of(Map<String, Figures> own, Collection<Map<String, Figures>> others) {
        Map<String, Figures> sum = new TreeMap<>(own);
        others.forEach(other -> other.forEach((pipeline, figures) -> sum.merge(pipeline, figures, Figures::plus)));
        return new Fleet(sum, 1 + others.size());
    }

    Figures of(String pipeline) {
        return figures.getOrDefault(pipeline, Figures.NONE);
    }
}
