package dev.millrace.model.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A model in ONNX Runtime with one input tensor of rows × features and an output of one score a row, or of one
 * probability a class, of which the last is the score. Native memory is freed with every call and on {@link #close}.
 * Thread-safe; parallelism comes from the callers.
 */
public final class OnnxScorer implements AutoCloseable {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final String input;
    private final String output;
    private final int features;

    private OnnxScorer(OrtEnvironment environment, OrtSession session, String input, String output, int features) {
        this.environment = environment;
        this.session = session;
        this.input = input;
        this.output = output;
        this.features = features;
    }

    /**
     * Loads a model.
     *
     * @param onnx the model's bytes
     * @param features how many features a row has
     * @throws OrtException if it is no ONNX model, or its input does not take such rows
     */
    public static OnnxScorer load(byte[] onnx, int features) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            // Small models: a pool of threads that spin would cost more than it gives.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            OrtSession session = environment.createSession(onnx, options);
            String input = session.getInputNames().iterator().next();
            long[] shape = ((TensorInfo) session.getInputInfo().get(input).getInfo()).getShape();
            if (session.getNumInputs() != 1 || shape.length != 2 || shape[1] >= 0 && shape[1] != features) {
                session.close();
                throw new OrtException("expected one input of rows × " + features + ", got " + session.getNumInputs()
                        + " of shape " + java.util.Arrays.toString(shape));
            }
            String output = session.getOutputNames().stream()
                    .reduce((first, last) -> last)
                    .orElseThrow();
            return new OnnxScorer(environment, session, input, output, features);
        }
    }

    /** How many features a row has. */
    public int features() {
        return features;
    }

    /**
     * Scores rows.
     *
     * @param values rows × features, row after row
     * @param rows how many rows
     * @return a score a row
     */
    public double[] score(float[] values, int rows) throws OrtException {
        FloatBuffer buffer = ByteBuffer.allocateDirect(rows * features * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        buffer.put(values, 0, rows * features).flip();
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, buffer, new long[] {rows, features});
                OrtSession.Result result = session.run(Map.of(input, tensor), java.util.Set.of(output))) {
            OnnxValue value = result.get(0);
            if (!(value instanceof OnnxTensor scores)) {
                throw new OrtException(
                        "the output '" + output + "' is no tensor; export the model with its ZipMap switched off");
            }
            FloatBuffer floats = scores.getFloatBuffer();
            int columns = floats.remaining() / rows;
            double[] answer = new double[rows];
            for (int row = 0; row < rows; row++) {
                answer[row] = floats.get(row * columns + columns - 1);
            }
            return answer;
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
