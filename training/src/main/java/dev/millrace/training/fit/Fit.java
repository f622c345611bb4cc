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
        Samples training = split.training(samples);
        Samples test = split.test(samples);
        float[] references = training.medians();
        Decided decided = decided(trial, samples);
        Scored scored = scored(trial.candidate(), training, references, decided.calibration(), test);
        return fitted(trial.candidate(), split, training, references, decided, scored, true, test, scored.asked());
    }

    /**
     * A model of which no test is left, because it learns from the latest days. What is said of it is what its candidate did
     * on the validation weeks, each of them scored by a model of the days before it.
     *
     * @param trial the candidate, with what it did on validation weeks
     * @throws OnnxDiffersException if the file gives other scores than the library
     */
    public Fitted latest(Trial trial, Split split, Samples samples) throws OrtException {
        Samples training = split.training(samples);
        float[] references = training.medians();
        Decided decided = decided(trial, samples);
        Scored scored = scored(trial.candidate(), training, references, decided.calibration(), training);
        return fitted(
                trial.candidate(),
                split,
                training,
                references,
                decided,
                scored,
                false,
                decided.validation(),
                decided.calibration().scores(trial.margins()));
    }

    /** What the validation weeks decide. */
    private record Decided(Samples validation, Calibration calibration, Decision decision) {}

    private Decided decided(Trial trial, Samples samples) {
        Calibration calibration = calibrated == CalibrationKind.ISOTONIC
                ? Isotonic.fit(trial.margins(), trial.positives())
                : Platt.fit(trial.margins(), trial.positives());
        Samples validation = joined(trial, samples);
        return new Decided(
                validation, calibration, Decision.cheapest(validation, calibration.scores(trial.margins()), alarmCost));
    }

    /** A file, and its scores of rows that it is asked for. */
    private record Scored(byte[] onnx, double[] asked, double[] training, double largestDifference) {}

    private Scored scored(
            Candidate candidate, Samples training, float[] references, Calibration calibration, Samples rows)
            throws OrtException {
        Samples known = training.filled(references);
        Samples asked = rows == training ? known : rows.filled(references);
        try (Learned learned = candidate.learn(known, seed)) {
            byte[] onnx = OnnxModel.write(learned.margin(), calibration, references.length);
            try (OnnxScorer scorer = OnnxScorer.load(onnx, references.length)) {
                double[] scores = scorer.score(asked.values(), asked.size());
                double[] own = calibration.scores(learned.margins(asked.values(), asked.size()));
                double difference = largestDifference(scores, own);
                if (!(difference <= TOLERANCE)) {
                    throw new OnnxDiffersException(candidate.text(), difference);
                }
                double[] ofTraining = asked == known ? scores : scorer.score(known.values(), known.size());
                return new Scored(onnx, scores, ofTraining, difference);
            }
        }
    }

    private static Fitted fitted(
            Candidate candidate,
            Split split,
            Samples training,
            float[] references,
            Decided decided,
            Scored scored,
            boolean tested,
            Samples judged,
            double[] scores) {
        return new Fitted(
                candidate,
                features(training, references),
                scored.onnx(),
                decided.calibration(),
                decided.decision(),
                split,
                training,
                tested,
                judged,
                scores,
                scored.training(),
                Evaluation.of(judged, scores, decided.decision()),
                scored.largestDifference());
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
