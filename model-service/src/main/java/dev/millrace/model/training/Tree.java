package dev.millrace.model.training;

/**
 * A regression tree as arrays. Its inner nodes are numbered from 0, the root, on; a child that is negative is the leaf of
 * number {@code -1 - child}. A tree without inner nodes is its only leaf. Immutable by agreement.
 *
 * @param feature the feature that each inner node asks for
 * @param threshold the largest value that goes left at each inner node
 * @param left the child for values up to the threshold
 * @param right the child for larger ones
 * @param leaves what each leaf adds to the sum
 */
record Tree(int[] feature, double[] threshold, int[] left, int[] right, double[] leaves) {}
