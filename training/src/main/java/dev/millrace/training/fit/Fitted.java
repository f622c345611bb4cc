package dev.millrace.training.fit;

import dev.millrace.training.evaluate.Decision;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.learn.Calibration;
import dev.millrace.training.learn.Candidate;
import dev.millrace.training.sample.Samples;
import java.util.Map;

/**
 * A model that was trained, calibrated and tested.
 *
 * @param candidate how it was learned
 * @param features what it is given and what stands for a missing value, in order
 * @param onnx its file
 * @param calibration what makes a score of its margin; in the file
 * @param decision the threshold, chosen on validation weeks
 * @param split its days
 * @param training the rows it learned from, with missing values as they are
 * @param test the rows it was tested on, with missing values as they are
 * @param scores its scores of the test rows, by its file
 * @param trainingScores its scores of the rows that it learned from, by its file
 * @param metrics how well it did on the test
 * @param largestDifference between the scores of its file and of its library, over the test
 */
public record Fitted(
        Candidate candidate,
        Map<String, Float> features,
        byte[] onnx,
        Calibration calibration,
        Decision decision,
        Split split,
        Samples training,
        Samples test,
        double[] scores,
        double[] trainingScores,
        Map<String, Double> metrics,
        double largestDifference) {
    /** Its kind and settings, in one line. */
    public String text() {
        return candidate.text();
    }
}
