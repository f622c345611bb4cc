package dev.millrace.model.inference;

import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The output of a graph that holds the score: a classifier's probabilities, of which the last class of two is the positive
 * one, or a regressor's or ranker's value. Immutable and thread-safe.
 */
record ScoreOutput(String name) {
    /**
     * The output with the score. Labels are texts or integers, so of several outputs it is the last of floats; and of
     * these the one called probabilities, if there is one.
     *
     * @throws OrtException if there is none, or there are more than two classes
     */
    static ScoreOutput of(List<TensorSpec> outputs) throws OrtException {
        List<TensorSpec> reals = outputs.stream()
                .filter(output -> output.type() == DataType.FP32 || output.type() == DataType.FP64)
                .toList();
        List<TensorSpec> numbers = reals.isEmpty()
                ? outputs.stream().filter(output -> output.type().isInteger()).toList()
                : reals;
        TensorSpec score = numbers.stream()
                .filter(output -> output.name().contains("probabilit"))
                .findFirst()
                .or(() -> numbers.stream().reduce((first, last) -> last))
                .orElseThrow(() -> new OrtException("expected an output of numbers, got "
                        + outputs.stream().map(TensorSpec::toString).collect(Collectors.joining("; "))));
        if (score.width() > 2) {
            throw manyClasses(score.name(), score.width());
        }
        return new ScoreOutput(score.name());
    }

    private static OrtException manyClasses(String name, long classes) {
        return new OrtException("output '" + name + "' has " + classes
                + " values a row; a score is one value, or the second of two probabilities. A model of the kind 'graph' may give"
                + " anything, and is asked by the Open Inference Protocol alone");
    }

    /** A score a row. */
    double[] of(Tensor output, int rows) throws OrtException {
        int elements = output.elements();
        if (elements < rows || elements % rows != 0) {
            throw new OrtException("expected a score a row, got " + elements + " for " + rows + " rows");
        }
        int columns = elements / rows;
        if (columns > 2) {
            throw manyClasses(name, columns);
        }
        Tensor.Fixed numbers = (Tensor.Fixed) output;
        double[] scores = new double[rows];
        for (int row = 0; row < rows; row++) {
            scores[row] = numbers.number(row * columns + columns - 1);
        }
        return scores;
    }
}
