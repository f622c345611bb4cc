package dev.millrace.training.recommend.learn;

import dev.millrace.training.TrainingException;
import org.ejml.EjmlParameters;
import org.ejml.data.DMatrixRBlock;
import org.ejml.data.FGrowArray;
import org.ejml.data.FMatrixRBlock;
import org.ejml.dense.block.MatrixOps_FDRB;
import org.ejml.dense.block.linsol.chol.CholeskyOuterSolver_MT_DDRB;
import org.ejml.dense.block.linsol.chol.CholeskyOuterSolver_MT_FDRB;

/**
 * Inverts and solves with a symmetric matrix of co-occurrences to whose diagonal something is added, by EJML's blocked Cholesky
 * decomposition on all cores. Its numbers are doubles up to {@value #DOUBLES} items (1.6 GB with the inverse) and floats beyond,
 * where the inverse of 20,000 items takes 3.2 GB.
 */
final class SymmetricSystem {
    /** Up to how many items doubles are used. */
    static final int DOUBLES = 10_000;

    private SymmetricSystem() {}

    /**
     * The weights of EASE: −P<sub>ij</sub> / P<sub>jj</sub> with P the inverse, and 0 on the diagonal.
     *
     * @param gram of which the upper half, with the diagonal, is read
     */
    static ItemWeights ease(ItemWeights gram, double regularization) {
        int items = gram.items();
        return items <= DOUBLES ? easeInDoubles(gram, regularization) : easeInFloats(gram, (float) regularization);
    }

    private static ItemWeights easeInDoubles(ItemWeights gram, double regularization) {
        int items = gram.items();
        DMatrixRBlock inverse = new DMatrixRBlock(items, items);
        solver(gram, regularization).invert(inverse);
        ItemWeights weights = new ItemWeights(items);
        for (int to = 0; to < items; to++) {
            double diagonal = inverse.get(to, to);
            for (int from = 0; from < items; from++) {
                weights.set(from, to, from == to ? 0 : (float) (-inverse.get(from, to) / diagonal));
            }
        }
        return weights;
    }

    /** The same in a quarter of the memory: the factor takes the place of the Gram matrix, and then the weights do. */
    static ItemWeights easeInFloats(ItemWeights gram, float regularization) {
        int items = gram.items();
        for (int row = 0; row < items; row++) {
            gram.add(row, row, regularization);
            for (int column = 0; column < row; column++) {
                gram.set(row, column, gram.get(column, row));
            }
        }
        int block = EjmlParameters.BLOCK_WIDTH;
        MatrixOps_FDRB.convertRowToBlock(items, items, block, gram.values(), new FGrowArray());
        CholeskyOuterSolver_MT_FDRB solver = new CholeskyOuterSolver_MT_FDRB();
        if (!solver.setA(FMatrixRBlock.wrap(gram.values(), items, items, block))) {
            throw notPositive(regularization);
        }
        FMatrixRBlock inverse = new FMatrixRBlock(items, items, block);
        solver.invert(inverse);
        for (int to = 0; to < items; to++) {
            float diagonal = inverse.get(to, to);
            for (int from = 0; from < items; from++) {
                gram.set(from, to, from == to ? 0 : -inverse.get(from, to) / diagonal);
            }
        }
        return gram;
    }

    /**
     * The X with (matrix + regularization × identity) × X = target, without its diagonal.
     *
     * @param matrix of which the upper half, with the diagonal, is read
     */
    static ItemWeights solve(ItemWeights matrix, double regularization, ItemWeights target) {
        int items = matrix.items();
        DMatrixRBlock right = new DMatrixRBlock(items, items);
        for (int row = 0; row < items; row++) {
            for (int column = 0; column < items; column++) {
                right.set(row, column, target.get(row, column));
            }
        }
        solver(matrix, regularization).solve(right, null);
        ItemWeights weights = new ItemWeights(items);
        for (int row = 0; row < items; row++) {
            for (int column = 0; column < items; column++) {
                weights.set(row, column, row == column ? 0 : (float) right.get(row, column));
            }
        }
        return weights;
    }

    private static CholeskyOuterSolver_MT_DDRB solver(ItemWeights upper, double regularization) {
        int items = upper.items();
        DMatrixRBlock matrix = new DMatrixRBlock(items, items);
        for (int row = 0; row < items; row++) {
            for (int column = row; column < items; column++) {
                double value = upper.get(row, column) + (row == column ? regularization : 0);
                matrix.set(row, column, value);
                matrix.set(column, row, value);
            }
        }
        CholeskyOuterSolver_MT_DDRB solver = new CholeskyOuterSolver_MT_DDRB();
        if (!solver.setA(matrix)) {
            throw notPositive(regularization);
        }
        return solver;
    }

    private static TrainingException notPositive(double regularization) {
        return new TrainingException("the co-occurrences with a regularization of " + regularization
                + " are not positive definite; use a larger one");
    }
}
