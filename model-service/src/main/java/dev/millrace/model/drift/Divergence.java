package dev.millrace.model.drift;

/**
 * How values of late differ from those of training.
 *
 * @param rows how many values there are
 * @param psi the population stability index over the bins: 0 for none; above 0.1 is some, above 0.25 much
 * @param ks the largest difference of the cumulated shares at the bins' edges, between 0 and 1 (Kolmogorov and Smirnov)
 * @param missing the share that is missing
 * @param missingBefore the share that was missing in training
 */
public record Divergence(long rows, double psi, double ks, double missing, double missingBefore) {}
