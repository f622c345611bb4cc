package dev.millrace.training.fit;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.inference.OnnxScorer;
import dev.millrace.training.evaluate.Decision;
import dev.millrace.training.evaluate.Evaluation;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.sample.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The version in use, which a new one is compared with.
 *
 * @param description what is known of it
 * @param onnx its file, if it can be had
 */
public record Rival(ObjectNode description, Optional<byte[]> onnx) {
    /**
     * How it does on the same test; empty if its file can not be had or takes features that are not there.
     *
     * @param samples all samples
     */
    public Optional<Map<String, Double>> tested(Split split, Samples samples, double alarmCost) throws OrtException {
        List<String> names = new ArrayList<>();
        List<Float> references = new ArrayList<>();
        for (JsonNode feature : description.path("features")) {
            names.add(feature.path("name").asText());
            references.add((float) feature.path("reference").asDouble());
        }
        if (onnx.isEmpty() || names.isEmpty() || !samples.features().containsAll(names)) {
            return Optional.empty();
        }
        float[] fillers = new float[references.size()];
        for (int i = 0; i < fillers.length; i++) {
            fillers[i] = references.get(i);
        }
        Samples test = split.test(samples.with(names)).filled(fillers);
        try (OnnxScorer scorer = OnnxScorer.load(onnx.get(), fillers.length)) {
            double[] scores = scorer.score(test.values(), test.size());
            return Optional.of(Evaluation.of(
                    test, scores, new Decision(description.path("threshold").asDouble(1), alarmCost)));
        }
    }

    /** The measures that it was registered with, on the days of its own test. */
    public Map<String, Double> registered() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        description
                .path("metrics")
                .properties()
                .forEach(
                        metric -> metrics.put(metric.getKey(), metric.getValue().asDouble()));
        return metrics;
    }
}
