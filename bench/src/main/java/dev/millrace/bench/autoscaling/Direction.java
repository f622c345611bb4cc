package dev.millrace.bench.autoscaling;

import java.util.List;

/**
 * How pods are added, or how they are taken away. Of several policies the one holds that allows most.
 *
 * @param window the seconds over which the most cautious wish counts
 */
record Direction(int window, List<Policy> policies) {}
