package dev.millrace.bench.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/** ONNX Runtime called in a loop by one thread, one row a call: the least that a prediction can take from Java. */
final class BareLoop {
    private static final int ROUNDS = 5;

    private BareLoop() {}

    /** Microseconds of processor time a row; the median of some rounds after one that warms up. */
    static double microsPerRow(byte[] onnx, float[] row, int calls) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            try (OrtSession session = environment.createSession(onnx, options)) {
                round(environment, session, row, calls);
                double[] micros = new double[ROUNDS];
                for (int i = 0; i < ROUNDS; i++) {
                    micros[i] = round(environment, session, row, calls);
                }
                java.util.Arrays.sort(micros);
                return micros[ROUNDS / 2];
            }
        }
    }

    private static double round(OrtEnvironment environment, OrtSession session, float[] row, int calls)
            throws OrtException {
        FloatBuffer buffer = ByteBuffer.allocateDirect(row.length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        long[] shape = {1, row.length};
        double sum = 0;
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 0; i < calls; i++) {
            buffer.clear().put(row).flip();
            try (OnnxTensor tensor = OnnxTensor.createTensor(environment, buffer, shape);
                    OrtSession.Result result = session.run(Map.of("features", tensor))) {
                sum += ((OnnxTensor) result.get(0)).getFloatBuffer().get(0);
            }
        }
        long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
        if (Double.isNaN(sum)) {
            throw new IllegalStateException("the model's score is no number");
        }
        return nanos / 1e3 / calls;
    }
}
