package dev.millrace.model.training;

import ai.onnxruntime.OrtException;
import dev.millrace.model.feature.Feature;
import dev.millrace.model.inference.OnnxScorer;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.model.registry.ModelDescription.Labels;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import io.github.metarank.lightgbm4j.LGBMException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Trains the model of the card-fraud example on simulated transactions: a few weeks in which the simulated criminals get
 * going, the weeks to train on, a week in which labels are late, a week to test on.
 *
 * @param seed the seed of the simulation and of the training
 * @param customers how many customers
 * @param terminals how many terminals
 * @param trainingDays how many days to train on
 */
record FraudTraining(long seed, int customers, int terminals, int trainingDays) {
    /** The features, in the model's order: fields of the pipeline's clean events. */
    static final List<String> FEATURES = List.of("tx_amount", "tx_hour", "tx_weekday", "is_night", "is_weekend");

    /** Compromised terminals stay so for 28 days: before that, frauds are rarer than later. */
    private static final int WARM_UP = 28;

    /**
     * What a training gave.
     *
     * @param onnx the model's bytes
     * @param description what is to be known of it
     * @param largestDifference between its scores and the trainer's own, over the test week
     */
    record Result(byte[] onnx, ModelDescription description, double largestDifference) {}

    /** Trains and tests. The same settings give the same bytes. */
    Result run(Pipeline pipeline, String version, Instant createdAt) throws LGBMException, OrtException {
        int end = WARM_UP + trainingDays;
        SimulatorSettings settings = new SimulatorSettings(
                seed,
                SimulatorSettings.handbook(seed, 1).start(),
                end + TestWeek.DELAY + TestWeek.DAYS,
                customers,
                terminals);
        Samples samples = new SampleMaker(pipeline, FEATURES, settings.start()).of(new CardSimulator(settings));
        Samples training = samples.between(WARM_UP, end);
        Samples test = TestWeek.after(end, samples);
        try (BoostedTrees trees = BoostedTrees.train(training, seed)) {
            byte[] onnx = OnnxTrees.write(trees.trees(), FEATURES.size());
            try (OnnxScorer scorer = OnnxScorer.load(onnx, FEATURES.size())) {
                double threshold = Evaluation.bestThreshold(training, scorer.score(training.values(), training.size()));
                double[] scores = scorer.score(test.values(), test.size());
                String trainedOn = String.format(
                        Locale.ROOT,
                        "%,d simulated transactions (%,d of them frauds) from %s to %s, seed %d; tested on %,d of the week"
                                + " from %s, after a delay of %d days",
                        training.size(),
                        training.frauds(),
                        settings.start().plusDays(WARM_UP),
                        settings.start().plusDays(end - 1),
                        seed,
                        test.size(),
                        settings.start().plusDays(end + TestWeek.DELAY),
                        TestWeek.DELAY);
                ModelDescription description = new ModelDescription(
                        "card-fraud",
                        version,
                        features(training),
                        new Labels("fraud", "genuine"),
                        threshold,
                        trainedOn,
                        Evaluation.of(test, scores, threshold),
                        createdAt.toString(),
                        sha256(onnx));
                return new Result(onnx, description, largestDifference(scores, trees.probabilities(test.values())));
            }
        }
    }

    private static List<Feature> features(Samples training) {
        List<Feature> features = new ArrayList<>();
        for (int i = 0; i < FEATURES.size(); i++) {
            features.add(new Feature(FEATURES.get(i), training.median(i)));
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

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
