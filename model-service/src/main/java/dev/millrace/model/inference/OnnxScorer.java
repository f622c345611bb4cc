package dev.millrace.model.inference;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import dev.millrace.model.reason.ModelGraph;
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
    private final ModelGraph graph;

    private OnnxScorer(
            OrtEnvironment environment,
            OrtSession session,
            String input,
            String output,
            int features,
            ModelGraph graph) {
        this.environment = environment;
        this.session = session;
        this.input = input;
        this.output = output;
        this.features = features;
        this.graph = graph;
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
            try {
                return new OnnxScorer(
                        environment, session, input(session, features), output(session), features, ModelGraph.of(onnx));
            } catch (OrtException e) {
                session.close();
                throw e;
            }
        }
    }

    private static String input(OrtSession session, int features) throws OrtException {
        String input = session.getInputNames().iterator().next();
        ValueInfo info = session.getInputInfo().get(input).getInfo();
        boolean fits = session.getNumInputs() == 1
                && info instanceof TensorInfo tensor
                && tensor.type == OnnxJavaType.FLOAT
                && tensor.getShape().length == 2
                && (tensor.getShape()[1] < 0 || tensor.getShape()[1] == features);
        if (!fits) {
            throw new OrtException("expected one input, floats of rows × " + features + ", got "
                    + session.getNumInputs() + ", the first of them " + info);
        }
        return input;
    }

    private static String output(OrtSession session) throws OrtException {
        String output =
                session.getOutputNames().stream().reduce((first, last) -> last).orElseThrow();
        ValueInfo info = session.getOutputInfo().get(output).getInfo();
        if (!(info instanceof TensorInfo tensor) || tensor.type != OnnxJavaType.FLOAT) {
            throw new OrtException("expected the last output, '" + output + "', to be floats, got " + info
                    + "; export a classifier with its ZipMap switched off");
        }
        return output;
    }

    /** What its scores can be explained by. */
    public ModelGraph graph() {
        return graph;
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
            FloatBuffer floats = ((OnnxTensor) result.get(0)).getFloatBuffer();
            if (floats.remaining() < rows || floats.remaining() % rows != 0) {
                throw new OrtException("expected a score a row, got " + floats.remaining() + " for " + rows + " rows");
            }
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
