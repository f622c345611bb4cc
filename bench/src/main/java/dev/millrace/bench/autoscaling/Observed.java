package dev.millrace.bench.autoscaling;

/**
 * What the autoscaler gets to see.
 *
 * @param ready pods that are ready
 * @param starting pods that are not yet
 * @param cpu use of the CPU request by all ready pods together; 1 is one pod's request
 * @param lag records that wait
 */
record Observed(int ready, int starting, double cpu, double lag) {
    int pods() {
        return ready + starting;
    }
}
