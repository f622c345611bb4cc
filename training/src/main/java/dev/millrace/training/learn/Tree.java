package dev.millrace.training.learn;

/**
 * A regression tree as arrays. Its inner nodes are numbered from 0, the root, on; a child that is negative is the leaf of
 * number {@code -1 - child}. A tree without inner nodes is its only leaf. Immutable by agreement.
 *
 * @param feature the feature that each inner node asks for
 * @param threshold the largest value that goes left at each inner node
 * @param left the child for values up to the threshold
 * @param right the child for larger ones
 * @param covers how many rows of training came to each inner node
 * @param leaves what each leaf adds to the sum
 * @param leafCovers how many rows of training came to each leaf
 */
public record Tree(
        int[] feature,
        double[] threshold,
        int[] left,
        int[] right,
        double[] covers,
        double[] leaves,
        double[] leafCovers) {}
