package dev.millrace.model.registry;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.millrace.model.drift.Reference;
import dev.millrace.model.feature.Feature;
import dev.millrace.model.inference.FeatureRows;
import dev.millrace.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is known of a model's version, in {@code model.json} beside {@code model.onnx}.
 *
 * @param name the model's name
 * @param version its version
 * @param kind what it is for: {@code scorer}, where nothing is said, {@code recommender}, or {@code graph}
 * @param features what a scorer is given, in order; no other kind has any, nor labels or a threshold
 * @param labels what its answers are called; null, as the threshold is, of a scorer whose scores are all that it says
 * @param threshold the least score that gets the positive label
 * @param trainedOn what it was trained on, in words
 * @param metrics how well it did on data that it had not seen
 * @param createdAt when it was trained
 * @param sha256 the checksum of {@code model.onnx}, in hexadecimal
 * @param reference how its features and scores were distributed in training; null where nobody wrote that down
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonPropertyOrder({
    "name",
    "version",
    "kind",
    "features",
    "labels",
    "threshold",
    "trainedOn",
    "metrics",
    "createdAt",
    "sha256",
    "reference"
})
public record ModelDescription(
        String name,
        String version,
        String kind,
        List<Feature> features,
        Labels labels,
        Double threshold,
        String trainedOn,
        Map<String, Double> metrics,
        String createdAt,
        String sha256,
        Reference reference) {
    /** The kind that scores events. */
    public static final String SCORER = "scorer";
    /** The kind that recommends items. */
    public static final String RECOMMENDER = "recommender";
    /** The kind that is asked with tensors alone. */
    public static final String GRAPH = "graph";

    /**
     * @throws IllegalArgumentException if what scoring needs is missing; the message names all of it
     */
    public ModelDescription {
        List<String> missing = new ArrayList<>();
        requirePresent(missing, "name", name);
        requirePresent(missing, "version", version);
        kind = kind == null ? SCORER : kind;
        if (kind.equals(SCORER)) {
            requirePresent(missing, "features", features == null || features.isEmpty() ? null : features);
            requirePresent(missing, "labels", threshold == null ? "" : labels);
            requirePresent(missing, "threshold", labels == null ? "" : threshold);
        }
        requirePresent(missing, "sha256", sha256);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("it has no " + String.join(", no ", missing));
        }
        if (ModelKinds.named(kind).isEmpty()) {
            throw new IllegalArgumentException("its kind is '" + kind + "', and kinds are " + ModelKinds.names());
        }
        features = features == null ? List.of() : List.copyOf(features);
        metrics = metrics == null ? Map.of() : metrics;
    }

    private static void requirePresent(List<String> missing, String member, Object value) {
        if (value == null) {
            missing.add(member);
        }
    }

    /** What the answers are called. */
    public record Labels(String positive, String negative) {
        public Labels {
            if (positive == null || negative == null) {
                throw new IllegalArgumentException("labels are a positive and a negative one");
            }
        }
    }

    /** The label of that score; null if its scores have none. */
    public String label(double score) {
        return labels == null ? null : score >= threshold ? labels.positive() : labels.negative();
    }

    /** So many rows, each of the features' reference values. */
    FeatureRows references(int rows) {
        FeatureRows references = new FeatureRows(rows, features.size());
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < features.size(); i++) {
                if (features.get(i).reference() instanceof Float number) {
                    references.put(row, i, number);
                } else {
                    references.put(row, i, (String) features.get(i).reference());
                }
            }
        }
        return references;
    }

    /** The clean fields that it scores by, and the one that decides whether another version is to. */
    public List<String> fields(Pipeline pipeline) {
        return Stream.concat(featureNames().stream(), pipeline.declaration().spec().canaryKey().stream())
                .distinct()
                .toList();
    }

    /** The features' names, in order. */
    public List<String> featureNames() {
        return features.stream().map(Feature::name).toList();
    }
}
