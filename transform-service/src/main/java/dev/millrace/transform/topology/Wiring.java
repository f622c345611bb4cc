package dev.millrace.transform.topology;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.DeduplicateStep;
import dev.millrace.pipeline.transform.KeyedStep;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.pipeline.transform.WindowStep;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How events come from one keyed step to the next: straight on where the events of a key are together already, by way of
 * a topic that brings them together where they are not. Immutable.
 */
final class Wiring {
    static final String ENTER = "transform";
    static final String CLEAN = "clean";
    static final String REJECTED = "rejected";
    static final String LEFT_OUT = "left-out";
    static final String FEATURES = "features";

    /**
     * How events come to a step.
     *
     * @param step the step's place
     * @param from the node that they come from
     * @param repartitioned whether they come by way of a topic
     * @param aligned whether they come from several sources and are brought into order
     * @param labels the labels that the step counts
     */
    record Arrival(int step, String from, boolean repartitioned, boolean aligned, Optional<String> labels) {
        boolean labelled() {
            return labels.isPresent();
        }

        /** The node to send events to. */
        String node() {
            return repartitioned ? "to-step-" + step : stepNode();
        }

        /** The node to send ids of events to, for labels to find them. */
        String namedNode() {
            return "labels-of-step-" + step;
        }

        /** The node that sends labels under the events' keys. */
        String relabelledNode() {
            return "relabelled-of-step-" + step;
        }

        /** The step's own node. */
        String stepNode() {
            return "step-" + step;
        }
    }

    private final Map<Integer, Arrival> arrivals = new HashMap<>();
    private final boolean rekeys;

    /**
     * @param partitions how many partitions topics have
     * @param ordered whether events from several partitions are brought into the order in which they were accepted
     */
    Wiring(Pipeline pipeline, int partitions, boolean ordered) {
        Transform transform = pipeline.transform();
        Optional<String> key = pipeline.declaration().spec().event().key();
        // Without a key, events are partitioned by their ids, and the same id is always together.
        Set<String> together = new HashSet<>();
        key.ifPresent(together::add);
        boolean known = key.isPresent();
        boolean moved = false;
        int before = 0;
        String from = ENTER;
        for (int place : transform.keyedSteps()) {
            KeyedStep step = transform.keyedStep(place);
            known &= transform.keeps(together, before, place);
            Optional<String> labels = step instanceof WindowStep window ? window.labels() : Optional.empty();
            boolean byId = step instanceof DeduplicateStep && step.by().isEmpty();
            boolean there = byId || known && step.by().containsAll(together);
            boolean repartitioned = !there || labels.isPresent();
            boolean several = repartitioned && (partitions > 1 || labels.isPresent());
            arrivals.put(place, new Arrival(place, from, repartitioned, ordered && several, labels));
            if (repartitioned) {
                together = new HashSet<>(step.by());
                known = true;
                moved = true;
            }
            before = place + 1;
            from = arrivals.get(place).stepNode();
        }
        this.rekeys = moved || key.isPresent() && transform.tokenizes(key.get());
    }

    /** Whether a clean record's key is another than the raw one's. */
    boolean rekeys() {
        return rekeys;
    }

    Arrival arrivalAt(int step) {
        return arrivals.get(step);
    }

    /** The children of the node where events enter that have to know how far it has come. */
    List<String> awaitingFirst() {
        return awaiting(arrivals());
    }

    /** The children of a step that have to know how far it has come. */
    List<String> awaitingBehind(Arrival arrival) {
        return awaiting(arrivals().stream()
                .filter(behind -> behind.step() > arrival.step())
                .toList());
    }

    private static List<String> awaiting(List<Arrival> behind) {
        if (behind.stream().noneMatch(Arrival::aligned)) {
            return List.of();
        }
        Arrival next = behind.get(0);
        return next.labelled() ? List.of(next.node(), next.namedNode()) : List.of(next.node());
    }

    /** Whether any step's events are brought into order. */
    boolean orders() {
        return arrivals.values().stream().anyMatch(Arrival::aligned);
    }

    /** The steps in their order. */
    List<Arrival> arrivals() {
        return arrivals.values().stream()
                .sorted((one, other) -> Integer.compare(one.step(), other.step()))
                .toList();
    }
}
