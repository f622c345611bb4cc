package dev.millrace.model.inference;

import ai.onnxruntime.OrtException;
import dev.millrace.model.reason.ModelGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Scores rows of features with a model: one double a row. It takes what scikit-learn, XGBoost and LightGBM export as it is
 * (see {@link FeatureColumns} for the inputs and {@link ScoreOutput} for the outputs). Thread-safe; parallelism comes from
 * the callers.
 */
public final class OnnxScorer implements Loaded {
    private static final int WARM_UP_CALLS = 20;

    private final OnnxModel model;
    private final FeatureColumns columns;
    private final ScoreOutput output;
    private final ModelGraph graph;

    private OnnxScorer(OnnxModel model, FeatureColumns columns, ScoreOutput output, ModelGraph graph) {
        this.model = model;
        this.columns = columns;
        this.output = output;
        this.graph = graph;
    }

    /**
     * Loads a model whose inputs have the features in order.
     *
     * @param onnx the model's bytes
     * @param features how many features a row has
     * @throws OrtException if it is no ONNX model, or does not score such rows
     */
    public static OnnxScorer load(byte[] onnx, int features) throws OrtException {
        return load(
                onnx, IntStream.range(0, features).mapToObj(Integer::toString).toList());
    }

    /**
     * Loads a model.
     *
     * @param onnx the model's bytes
     * @param features the features of a row, in order; a model with one input a feature is given them by their names
     * @throws OrtException if it is no ONNX model, or does not score such rows
     */
    public static OnnxScorer load(byte[] onnx, List<String> features) throws OrtException {
        OnnxModel model = OnnxModel.load(onnx);
        try {
            OnnxScorer scorer = new OnnxScorer(
                    model,
                    FeatureColumns.of(model.inputs(), features),
                    ScoreOutput.of(model.outputs()),
                    ModelGraph.of(onnx));
            scorer.warmUp();
            return scorer;
        } catch (OrtException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** The first calls of a session allocate and find their way, which no request should wait for. */
    private void warmUp() {
        Object[] row = new Object[features()];
        Arrays.fill(row, 1L);
        try {
            for (int call = 0; call < WARM_UP_CALLS; call++) {
                score(row, 1);
            }
        } catch (OrtException notOfSuchARow) {
            // Whether it scores what it is made for is tried by whoever registers it.
        }
    }

    /** What its scores can be explained by. */
    public ModelGraph graph() {
        return graph;
    }

    @Override
    public OnnxModel model() {
        return model;
    }

    /** How many features a row has. */
    public int features() {
        return columns.width();
    }

    /** Whether the model takes that feature as a text. */
    public boolean takesText(int feature) {
        return columns.takesText(feature);
    }

    /**
     * Scores rows.
     *
     * @param values rows × features, row after row
     * @param rows how many rows
     * @return a score a row
     */
    public double[] score(float[] values, int rows) throws OrtException {
        return score(values, rows, Runner.DIRECT);
    }

    /** The same, with the model run in that way. */
    public double[] score(float[] values, int rows, Runner runner) throws OrtException {
        return score(columns.of(values, rows), rows, runner);
    }

    /**
     * Scores rows of which some features are texts, or numbers that a float does not hold.
     *
     * @param values rows × features, row after row: a {@link Number} or a {@link String} each, never null
     * @param rows how many rows
     * @return a score a row
     * @throws IllegalArgumentException if a text is given to an input of numbers
     */
    public double[] score(Object[] values, int rows) throws OrtException {
        return score(values, rows, Runner.DIRECT);
    }

    /** The same, with the model run in that way. */
    public double[] score(Object[] values, int rows, Runner runner) throws OrtException {
        return score(columns.of(values, rows), rows, runner);
    }

    /** Scores rows of features, with the model run in that way. */
    public double[] score(FeatureRows rows, Runner runner) throws OrtException {
        return score(columns.of(rows), rows.rows(), runner);
    }

    /** The output that its scores are taken from. */
    public String output() {
        return output.name();
    }

    /**
     * A score a row, of that output's tensor.
     *
     * @throws OrtException if it does not have one
     */
    public double[] scores(Tensor tensor, int rows) throws OrtException {
        return output.of(tensor, rows);
    }

    /** The features that the model is given with such inputs. */
    public FeatureRows features(Map<String, Tensor> inputs) {
        return columns.rows(inputs);
    }

    private double[] score(Map<String, Tensor> inputs, int rows, Runner runner) throws OrtException {
        return output.of(runner.run(model, inputs, List.of(output.name())).get(0), rows);
    }

    /** Unloads the model as soon as nobody uses it. */
    @Override
    public void close() {
        model.close();
    }
}
