package dev.millrace.model.registry;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.millrace.model.drift.Reference;
import dev.millrace.model.feature.Feature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is known of a model's version, in {@code model.json} beside {@code model.onnx}.
 *
 * @param name the model's name
 * @param version its version
 * @param kind what it is for: {@code scorer}, where nothing is said, or {@code recommender}
 * @param features what a scorer is given, in order; no other kind has any, nor labels or a threshold
 * @param labels what its answers are called
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
            requirePresent(missing, "labels", labels);
            requirePresent(missing, "threshold", threshold);
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

    /** The label of that score. */
    public String label(double score) {
        return score >= threshold ? labels.positive() : labels.negative();
    }

    /** The reference value of each feature. */
    float[] references() {
        float[] references = new float[features.size()];
        for (int i = 0; i < references.length; i++) {
            references[i] = features.get(i).reference();
        }
        return references;
    }

    /** The features' names, in order. */
    public List<String> featureNames() {
        return features.stream().map(Feature::name).toList();
    }
}
