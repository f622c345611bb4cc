package dev.millrace.model.drift;

import java.util.Arrays;

/** Counts values in a distribution's bins over the last slots of time. Its memory is fixed. Confined to its owner's lock. */
final class Histogram {
    /** A share of none would make the index infinite: what is not seen counts as half a row in ten thousand. */
    private static final double LEAST_SHARE = 0.00005;

    private final double[] edges;
    private final double[] shares;
    private final double missingShare;
    /** By slot and bin; behind the bins, those that are missing. */
    private final long[][] counts;

    Histogram(Distribution reference, int slots) {
        this.edges = reference.edges().stream().mapToDouble(Double::doubleValue).toArray();
        this.shares =
                reference.shares().stream().mapToDouble(Double::doubleValue).toArray();
        this.missingShare = reference.missing();
        this.counts = new long[slots][reference.bins() + 1];
    }

    void count(int slot, double value) {
        counts[slot][Double.isNaN(value) ? shares.length : bin(value)]++;
    }

    private int bin(double value) {
        int low = 0;
        int high = edges.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (value <= edges[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    void clear(int slot) {
        Arrays.fill(counts[slot], 0);
    }

    /** How many values there are, and how they differ from the reference. */
    Divergence divergence() {
        long[] sums = new long[shares.length + 1];
        for (long[] slot : counts) {
            for (int bin = 0; bin < sums.length; bin++) {
                sums[bin] += slot[bin];
            }
        }
        long missing = sums[shares.length];
        long present = Arrays.stream(sums).sum() - missing;
        double psi = 0;
        double ks = 0;
        double here = 0;
        double there = 0;
        for (int bin = 0; bin < shares.length && present > 0; bin++) {
            double share = (double) sums[bin] / present;
            here += share;
            there += shares[bin];
            ks = Math.max(ks, Math.abs(here - there));
            double actual = Math.max(share, LEAST_SHARE);
            double expected = Math.max(shares[bin], LEAST_SHARE);
            psi += (actual - expected) * Math.log(actual / expected);
        }
        long all = present + missing;
        return new Divergence(all, psi, ks, all == 0 ? 0 : (double) missing / all, missingShare);
    }
}
