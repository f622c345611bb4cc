package dev.millrace.pipeline.state;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.EventDeclaration;
import dev.millrace.pipeline.declaration.StepDeclaration;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.state.StepLayout.Carried;
import dev.millrace.pipeline.state.StepLayout.Cell;
import dev.millrace.pipeline.transform.DeduplicateStep;
import dev.millrace.pipeline.transform.KeyedStep;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.AggregateText;
import dev.millrace.pipeline.window.WindowPlan;
import dev.millrace.pipeline.window.WindowShape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the state of a pipeline is built from: how events are told apart, spread over partitions and timed, and what each
 * step keeps of them. Kept beside the state, as JSON, and compared with what a changed declaration needs. Immutable.
 *
 * @param partitions how many partitions the pipeline's topics have; 0 where nobody knows
 * @param id the event's id; no field where it is made of the event's place
 * @param key the event's key; no field where it is the id
 * @param time the event's time
 * @param steps the steps that keep state, in their order
 */
public record StateLayout(int partitions, Made id, Made key, Made time, List<StepLayout> steps) {
    public StateLayout {
        steps = List.copyOf(steps);
    }

    /** What that pipeline needs. */
    public static StateLayout of(Pipeline pipeline, int partitions) {
        Makings makings = Makings.of(pipeline);
        EventDeclaration event = pipeline.declaration().spec().event();
        List<StepLayout> steps = new ArrayList<>();
        Way way = new Way(pipeline, makings);
        for (int place : pipeline.transform().keyedSteps()) {
            steps.add(way.to(place));
        }
        return new StateLayout(
                partitions,
                event.id().map(field -> makings.at(0, field)).orElse(Made.NONE),
                event.key().map(field -> makings.at(0, field)).orElse(Made.NONE),
                makings.at(0, event.time()),
                steps);
    }

    /** How the state is stored that windows go on with, by the steps' names: what {@link Pipeline#of} takes. */
    public Map<String, WindowShape> shapes() {
        Map<String, WindowShape> shapes = new HashMap<>();
        for (StepLayout step : steps) {
            if (step instanceof StepLayout.Window window) {
                shapes.put(window.name(), window.shape());
            }
        }
        return shapes;
    }

    Optional<StepLayout> step(String name) {
        return steps.stream().filter(step -> step.name().equals(name)).findFirst();
    }

    /** How events come from one step to the next: the same walk as that of the topology's wiring. */
    private static final class Way {
        private final Pipeline pipeline;
        private final Transform transform;
        private final Makings makings;
        private Set<String> together = new HashSet<>();
        private List<String> placed;
        private boolean known;
        private int before;

        Way(Pipeline pipeline, Makings makings) {
            this.pipeline = pipeline;
            this.transform = pipeline.transform();
            this.makings = makings;
            pipeline.declaration().spec().event().key().ifPresent(together::add);
            this.known = !together.isEmpty();
            this.placed = makings.of(0, together);
        }

        StepLayout to(int place) {
            KeyedStep step = transform.keyedStep(place);
            known &= transform.keeps(together, before, place);
            boolean labelled =
                    step instanceof WindowStep window && window.labels().isPresent();
            boolean byId = step instanceof DeduplicateStep && step.by().isEmpty();
            boolean there = byId || known && step.by().containsAll(together);
            boolean repartitioned = !there || labelled;
            if (repartitioned) {
                together = new HashSet<>(step.by());
                known = true;
                placed = makings.of(place, together);
            }
            before = place + 1;
            List<Carried> carried = repartitioned ? carried(place) : List.of();
            return step instanceof WindowStep window
                    ? window(window, place, carried)
                    : deduplicate(step, place, carried);
        }

        private List<Carried> carried(int place) {
            return transform.schemaAt(place).fields().stream()
                    .map(field -> new Carried(field.name(), field.type(), field.required()))
                    .toList();
        }

        private List<Made> by(KeyedStep step, int place) {
            return step.by().stream().map(field -> makings.at(place, field)).toList();
        }

        private StepLayout deduplicate(KeyedStep step, int place, List<Carried> carried) {
            return new StepLayout.Deduplicate(
                    step.name(),
                    by(step, place),
                    placed,
                    carried,
                    micros(((DeduplicateStep) step).within()),
                    step.by().isEmpty() ? makings.all(place, transform.schemaAt(place)) : List.of());
        }

        private StepLayout window(WindowStep step, int place, List<Carried> carried) {
            WindowPlan plan = step.plan();
            Map<String, String> texts = ((StepDeclaration.Window)
                            pipeline.declaration().spec().transform().get(place))
                    .compute();
            Schema schema = transform.schemaAt(place);
            return new StepLayout.Window(
                    step.name(),
                    by(step, place),
                    placed,
                    carried,
                    plan.shape().precision(),
                    plan.shape().chunk(),
                    plan.shape().places(),
                    micros(plan.retention()),
                    micros(plan.allowedLateness()),
                    step.labels().orElse(""),
                    plan.unlabelled(),
                    plan.shape().cells().stream()
                            .filter(cell -> !cell.feature().isEmpty())
                            .map(cell -> cell(cell, AggregateText.of(texts.get(cell.feature())), place, schema))
                            .toList());
        }

        private Cell cell(WindowShape.Cell cell, AggregateText text, int place, Schema schema) {
            String argument = text.argument().orElse("").strip();
            String condition = text.condition().orElse("").strip();
            Schema readable = WindowPlan.labelled(schema);
            Map<String, String> reads = new TreeMap<>();
            for (String expression : List.of(argument, condition)) {
                if (!expression.isEmpty()) {
                    reads.putAll(makings.readBy(place, expression, readable));
                }
            }
            return new Cell(
                    cell.feature(),
                    cell.function(),
                    cell.type(),
                    argument,
                    condition,
                    Collections.unmodifiableMap(reads));
        }

        private static long micros(Duration length) {
            return length.toNanos() / 1000;
        }
    }
}
