package dev.millrace.training.recommend.onnx;

import com.google.protobuf.ByteString;
import dev.millrace.training.recommend.learn.ImplicitAls;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/**
 * Writes factors of items as a {@link RecommendGraph}. A user's are solved for in the graph, by conjugate gradients: the factors
 * are turned so that the sum of their products is diagonal, and what the history adds to that is of low rank, so that a few
 * steps come to the solution. The same factors give the same bytes.
 */
public final class FactorsOnnx {
    private static final int STEPS = 24;
    private static final float TINY = 1e-30f;

    private FactorsOnnx() {}

    /**
     * The model's bytes.
     *
     * @param items what the numbers mean, as JSON
     */
    public static byte[] write(ImplicitAls als, String items) {
        int count = als.items();
        int dimension = als.settings().dimension();
        double unobserved = als.settings().unobserved();
        double regularization = als.settings().regularization();
        EigenDecomposition_F64<DMatrixRMaj> turned = DecompositionFactory_DDRM.eig(dimension, true, true);
        if (!turned.decompose(products(als.factors(), dimension))) {
            throw new IllegalStateException("a symmetric matrix has eigenvectors");
        }
        RecommendGraph graph = new RecommendGraph(count)
                .matrix("factors", turned(als.factors(), dimension, turned), count, dimension)
                .matrix("sums", sums(turned, dimension, unobserved), dimension)
                .constant("first", new long[] {0})
                .constant("flat", new long[] {-1})
                .constant("regularization", (float) regularization)
                .constant("always", (float) (regularization * unobserved * count))
                .constant("tiny", TINY);
        graph.add("ReduceSum", List.of("weights", "first"), "weight")
                .add("Mul", List.of("weight", "regularization"), "own_ridge")
                .add("Add", List.of("own_ridge", "always"), "ridge")
                .add("Add", List.of("sums", "ridge"), "diagonal")
                .add("Sqrt", List.of("diagonal"), "root")
                .add("Reciprocal", List.of("root"), "scale")
                .add("Reshape", List.of("scale", "column"), "scale_down")
                .add("Gather", List.of("factors", "items"), "chosen", 0)
                .add("Mul", List.of("chosen", "scale"), "scaled")
                .addTransposed("scaled", "scaled_across")
                .add("Mul", List.of("scaled_across", "weights"), "weighed_across")
                .add("Reshape", List.of("weights", "column"), "weights_in")
                .add("MatMul", List.of("scaled_across", "weights_in"), "asked");
        solve(graph, "user", "asked");
        graph.add("Mul", List.of("user", "scale_down"), "user_factors")
                .add("MatMul", List.of("factors", "user_factors"), "scores_down")
                .add("Reshape", List.of("scores_down", "flat"), "scores")
                .rank()
                .add("Gather", List.of("factors", "top_items"), "listed_factors", 0)
                .add("Mul", List.of("listed_factors", "scale"), "listed_scaled")
                .addTransposed("listed_scaled", "listed_asked");
        solve(graph, "listed_solved", "listed_asked");
        return graph.add("MatMul", List.of("scaled", "listed_solved"), "shares")
                .explain()
                .toBytes(items);
    }

    /** Solves for each column of what is asked, all of them in the same steps. */
    private static void solve(RecommendGraph graph, String name, String asked) {
        String solution = null;
        String rest = asked;
        String direction = asked;
        String length = squares(graph, name + "_length_0", asked, asked);
        for (int step = 1; step <= STEPS; step++) {
            String at = name + "_" + step + "_";
            graph.add("MatMul", List.of("scaled", direction), at + "in")
                    .add("MatMul", List.of("weighed_across", at + "in"), at + "back")
                    .add("Add", List.of(at + "back", direction), at + "applied");
            String along = squares(graph, at + "along", direction, at + "applied");
            graph.add("Max", List.of(along, "tiny"), at + "along_positive")
                    .add("Div", List.of(length, at + "along_positive"), at + "far")
                    .add("Mul", List.of(direction, at + "far"), at + "way");
            boolean last = step == STEPS;
            if (solution == null) {
                solution = at + "way";
            } else {
                graph.add("Add", List.of(solution, at + "way"), last ? name : at + "solution");
                solution = last ? name : at + "solution";
            }
            if (last) {
                return;
            }
            graph.add("Mul", List.of(at + "applied", at + "far"), at + "less")
                    .add("Sub", List.of(rest, at + "less"), at + "rest");
            rest = at + "rest";
            String shorter = squares(graph, at + "length", rest, rest);
            graph.add("Max", List.of(length, "tiny"), at + "length_positive")
                    .add("Div", List.of(shorter, at + "length_positive"), at + "ratio")
                    .add("Mul", List.of(direction, at + "ratio"), at + "kept")
                    .add("Add", List.of(rest, at + "kept"), at + "direction");
            direction = at + "direction";
            length = shorter;
        }
    }

    private static String squares(RecommendGraph graph, String name, String one, String other) {
        graph.add("Mul", List.of(one, other), name + "_each").add("ReduceSum", List.of(name + "_each", "first"), name);
        return name;
    }

    private static DMatrixRMaj products(float[] factors, int dimension) {
        DMatrixRMaj products = new DMatrixRMaj(dimension, dimension);
        for (int row = 0; row < factors.length; row += dimension) {
            for (int i = 0; i < dimension; i++) {
                double value = factors[row + i];
                for (int j = 0; j < dimension; j++) {
                    products.data[i * dimension + j] += value * factors[row + j];
                }
            }
        }
        return products;
    }

    private static ByteString turned(float[] factors, int dimension, EigenDecomposition_F64<DMatrixRMaj> turn) {
        double[][] vectors = new double[dimension][];
        for (int i = 0; i < dimension; i++) {
            vectors[i] = turn.getEigenVector(i).data;
        }
        ByteString.Output bytes = ByteString.newOutput();
        byte[] row = new byte[dimension * Float.BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < factors.length; at += dimension) {
            buffer.clear();
            for (double[] vector : vectors) {
                double sum = 0;
                for (int i = 0; i < dimension; i++) {
                    sum += vector[i] * factors[at + i];
                }
                buffer.putFloat((float) sum);
            }
            bytes.write(row, 0, row.length);
        }
        return bytes.toByteString();
    }

    private static ByteString sums(EigenDecomposition_F64<DMatrixRMaj> turn, int dimension, double unobserved) {
        ByteBuffer buffer = ByteBuffer.allocate(dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < dimension; i++) {
            buffer.putFloat(
                    (float) (unobserved * Math.max(0, turn.getEigenvalue(i).getReal())));
        }
        return ByteString.copyFrom(buffer.array());
    }
}
