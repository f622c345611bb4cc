package dev.millrace.model.registry;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;

/**
 * What is known of a model's version, in {@code model.json} beside {@code model.onnx}.
 *
 * @param name the model's name
 * @param version its version
 * @param features what it is given, in order
 * @param labels what its answers are called
 * @param threshold the least score that gets the positive label
 * @param trainedOn what it was trained on, in words
 * @param metrics how well it did on data that it had not seen
 * @param createdAt when it was trained
 * @param sha256 the checksum of {@code model.onnx}, in hexadecimal
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonPropertyOrder({"name", "version", "features", "labels", "threshold", "trainedOn", "metrics", "createdAt", "sha256"
})
public record ModelDescription(
        String name,
        String version,
        List<Feature> features,
        Labels labels,
        double threshold,
        String trainedOn,
        Map<String, Double> metrics,
        String createdAt,
        String sha256) {

    /**
     * One of a model's inputs.
     *
     * @param name a field of the pipeline's clean events
     * @param reference its median in training: stands for a missing value, and is what a reason compares with
     */
    public record Feature(String name, float reference) {}

    /** What the answers are called. */
    public record Labels(String positive, String negative) {}

    /** The label of that score. */
    public String label(double score) {
        return score >= threshold ? labels.positive() : labels.negative();
    }

    /** The features' names, in order. */
    public List<String> featureNames() {
        return features.stream().map(Feature::name).toList();
    }
}
