package dev.millrace.training.fit;

import dev.millrace.training.evaluate.Decision;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.learn.Calibration;
import dev.millrace.training.learn.Candidate;
import dev.millrace.training.sample.Samples;
import java.util.Map;

/**
 * A model that was trained and calibrated, and how good it is.
 *
 * @param candidate how it was learned
 * @param features what it is given and what stands for a missing value, in order
 * @param onnx its file
 * @param calibration what makes a score of its margin; in the file
 * @param decision the threshold, chosen on validation weeks
 * @param split its days
 * @param training the rows it learned from, with missing values as they are
 * @param tested whether days were left to test it on; if not, validation weeks speak for it
 * @param test the rows that its measures are of: those of the test, or of the validation weeks
 * @param scores their scores: by its file; of validation weeks, by models of the days before each
 * @param trainingScores its scores of the rows that it learned from, by its file
 * @param metrics the measures of those scores
 * @param largestDifference between the scores of its file and of its library, over the test, or over what it learned from
 */
public record Fitted(
        Candidate candidate,
        Map<String, Float> features,
        byte[] onnx,
        Calibration calibration,
        Decision decision,
        Split split,
        Samples training,
        boolean tested,
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
