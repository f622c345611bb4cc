package dev.millrace.bench.autoscaling;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What the chart sets for one service's HorizontalPodAutoscaler.
 *
 * @param targetCpu use of the CPU request to aim at; 1 is all of it
 * @param lagPerReplica records that may wait for each pod, if lag counts
 */
record Scaling(
        String service,
        int min,
        int max,
        double targetCpu,
        OptionalDouble lagPerReplica,
        Direction up,
        Direction down) {

    private static final Direction CAUTIOUS_UP = new Direction(0, List.of(Policy.percent(100, 30)));
    private static final Direction CAUTIOUS_DOWN = new Direction(600, List.of(Policy.pods(1, 120)));

    static Scaling ingest() {
        return new Scaling(
                "ingest",
                1,
                4,
                0.65,
                OptionalDouble.empty(),
                new Direction(0, List.of(Policy.percent(100, 15), Policy.pods(4, 15))),
                new Direction(600, List.of(Policy.percent(10, 60))));
    }

    static Scaling transform() {
        return new Scaling("transform", 1, 4, 0.75, OptionalDouble.empty(), CAUTIOUS_UP, CAUTIOUS_DOWN);
    }

    static Scaling model() {
        return new Scaling(
                "model",
                1,
                4,
                0.70,
                OptionalDouble.empty(),
                new Direction(0, List.of(Policy.percent(100, 15), Policy.pods(2, 15))),
                CAUTIOUS_DOWN);
    }

    static Scaling load() {
        return new Scaling("load", 1, 4, 0.75, OptionalDouble.empty(), CAUTIOUS_UP, CAUTIOUS_DOWN);
    }

    static List<Scaling> ofTheChart() {
        return List.of(ingest(), transform(), model(), load());
    }

    /** As values-production.yaml has it. */
    Scaling inProduction() {
        return new Scaling(service, 2, 6, targetCpu, lagPerReplica, up, down);
    }

    Scaling withLag(double records) {
        return new Scaling(service, min, max, targetCpu, OptionalDouble.of(records), up, down);
    }
}
