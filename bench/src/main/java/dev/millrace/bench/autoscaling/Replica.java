package dev.millrace.bench.autoscaling;

/**
 * What one replica is like.
 *
 * @param carries events a second, with a core of its own
 * @param request its CPU request, in cores
 * @param starts seconds from the decision until it works
 * @param pause seconds for which nobody works when the number of replicas changes: the partitions move
 * @param latency seconds that a record is under way though nothing waits: it counts as lag
 */
record Replica(double carries, double request, int starts, int pause, double latency) {}
