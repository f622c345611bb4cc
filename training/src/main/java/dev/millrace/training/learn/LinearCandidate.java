package dev.millrace.training.learn;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import dev.millrace.training.sample.Samples;
import java.util.Map;
import java.util.Random;

/**
 * Logistic regression by LIBLINEAR, on features of mean 0 and deviation 1.
 *
 * @param c how little large weights are punished
 */
public record LinearCandidate(double c) implements Candidate {
    /** What it is called. */
    public static final String LOGISTIC = "logistic_regression";

    private static final double PRECISION = 0.01;

    @Override
    public String kind() {
        return LOGISTIC;
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("C", Double.toString(c));
    }

    @Override
    public Learned learn(Samples samples, long seed) {
        int width = samples.features().size();
        double[] means = new double[width];
        double[] deviations = new double[width];
        for (int feature = 0; feature < width; feature++) {
            double sum = 0;
            double squares = 0;
            for (int row = 0; row < samples.size(); row++) {
                double value = samples.value(row, feature);
                sum += value;
                squares += value * value;
            }
            means[feature] = sum / samples.size();
            double variance = squares / samples.size() - means[feature] * means[feature];
            deviations[feature] = variance > 1e-12 ? Math.sqrt(variance) : 1;
        }
        Problem problem = new Problem();
        problem.l = samples.size();
        problem.n = width + 1;
        problem.bias = 1;
        problem.y = new double[samples.size()];
        problem.x = new Feature[samples.size()][];
        for (int row = 0; row < samples.size(); row++) {
            problem.y[row] = samples.positive(row) ? 1 : -1;
            Feature[] nodes = new Feature[width + 1];
            for (int feature = 0; feature < width; feature++) {
                nodes[feature] = new FeatureNode(
                        feature + 1, (samples.value(row, feature) - means[feature]) / deviations[feature]);
            }
            nodes[width] = new FeatureNode(width + 1, 1);
            problem.x[row] = nodes;
        }
        Parameter parameter = new Parameter(SolverType.L2R_LR, c, PRECISION);
        parameter.setRandom(new Random(seed));
        Linear.disableDebugOutput();
        Model model = Linear.train(problem, parameter);
        double sign = model.getLabels()[0] == 1 ? 1 : -1;
        double[] weights = new double[width];
        for (int feature = 0; feature < width; feature++) {
            weights[feature] = sign * model.getFeatureWeights()[feature] / deviations[feature];
        }
        return new LearnedLinear(new Margin.Linear(means, weights, sign * model.getFeatureWeights()[width]));
    }

    private record LearnedLinear(Margin.Linear margin) implements Learned {
        @Override
        public double[] margins(float[] values, int rows) {
            int width = margin.weights().length;
            double[] margins = new double[rows];
            for (int row = 0; row < rows; row++) {
                double sum = margin.bias();
                for (int feature = 0; feature < width; feature++) {
                    sum += (values[row * width + feature] - margin.offsets()[feature]) * margin.weights()[feature];
                }
                margins[row] = sum;
            }
            return margins;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
