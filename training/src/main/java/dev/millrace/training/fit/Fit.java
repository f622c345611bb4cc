package dev.millrace.training.fit;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.OnnxScorer;
import dev.millrace.pipeline.declaration.CalibrationKind;
import dev.millrace.training.evaluate.Decision;
import dev.millrace.training.evaluate.Evaluation;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.learn.Calibration;
import dev.millrace.training.learn.Candidate;
import dev.millrace.training.learn.Isotonic;
import dev.millrace.training.learn.Learned;
import dev.millrace.training.learn.Platt;
import dev.millrace.training.onnx.OnnxModel;
import dev.millrace.training.sample.Samples;
import dev.millrace.training.search.Trial;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Learns on a split's days, takes calibration and threshold from the validation weeks, and tests the model's file.
 *
 * @param alarmCost what an alarm costs, in the unit of the stakes
 * @param calibrated how margins become scores
 * @param seed the seed of what is random in learning
 */
public record Fit(double alarmCost, CalibrationKind calibrated, long seed) {
    /** The most by which a file's score may differ from its library's, on any row. */
    public static final double TOLERANCE = 1e-5;

    /**
     * A tested model.
     *
     * @param trial the candidate, with what it did on validation weeks
     * @throws OnnxDiffersException if the file gives other scores than the library
     */
    public Fitted run(Trial trial, Split split, Samples samples) throws OrtException {
        Candidate candidate = trial.candidate();
        Samples training = split.training(samples);
        Samples test = split.test(samples);
        float[] references = training.medians();
        Samples known = training.filled(references);
        Samples asked = test.filled(references);
        Calibration calibration = calibrated == CalibrationKind.ISOTONIC
                ? Isotonic.fit(trial.margins(), trial.positives())
                : Platt.fit(trial.margins(), trial.positives());
        Decision decision = Decision.cheapest(joined(trial, samples), calibration.scores(trial.margins()), alarmCost);
        try (Learned learned = candidate.learn(known, seed)) {
            byte[] onnx = OnnxModel.write(learned.margin(), calibration, references.length);
            try (OnnxScorer scorer = OnnxScorer.load(onnx, references.length)) {
                double[] scores = scorer.score(asked.values(), asked.size());
                double[] own = calibration.scores(learned.margins(asked.values(), asked.size()));
                double difference = largestDifference(scores, own);
                if (!(difference <= TOLERANCE)) {
                    throw new OnnxDiffersException(candidate.text(), difference);
                }
                return new Fitted(
                        candidate,
                        features(samples, references),
                        onnx,
                        calibration,
                        decision,
                        split,
                        training,
                        test,
                        scores,
                        scorer.score(known.values(), known.size()),
                        Evaluation.of(test, scores, decision),
                        difference);
            }
        }
    }

    private static Samples joined(Trial trial, Samples samples) {
        Samples all = samples.where(row -> false);
        trial.rows().forEach(all::addAll);
        return all;
    }

    private static Map<String, Float> features(Samples samples, float[] references) {
        Map<String, Float> features = new LinkedHashMap<>();
        for (int i = 0; i < references.length; i++) {
            features.put(samples.features().get(i), references[i]);
        }
        return features;
    }

    private static double largestDifference(double[] scores, double[] others) {
        double largest = 0;
        for (int row = 0; row < scores.length; row++) {
            largest = Math.max(largest, Math.abs(scores[row] - others[row]));
        }
        return largest;
    }
}
