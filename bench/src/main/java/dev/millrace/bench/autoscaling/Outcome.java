package dev.millrace.bench.autoscaling;

/**
 * What became of a curve.
 *
 * @param most the most replicas at a time
 * @param changes how often their number changed
 * @param reversals how often it went down and up again, or up and down again, within ten minutes
 * @param longestWait in seconds, of a record that arrives
 * @param late the seconds in which a record that arrives waits for longer than the objective
 * @param longestLate the longest of these times at a stretch
 * @param replicaHours replicas times hours
 */
record Outcome(
        int most, int changes, int reversals, double longestWait, int late, int longestLate, double replicaHours) {}
