package dev.millrace.pipeline.transform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.pipeline.declaration.LabelDeclaration;
import dev.millrace.pipeline.declaration.QualityRule;
import dev.millrace.pipeline.declaration.QualityRule.Otherwise;
import dev.millrace.pipeline.declaration.StepDeclaration;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.window.WindowShape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What happens between {@code raw} and {@code clean}: checks, then steps, in their order. An event goes through the steps
 * that need nothing else at once; at a step that needs to know what came before it waits, and who keeps the state takes
 * it on from there. Immutable and thread-safe.
 */
public final class Transform {
    /** The clean field that names the checks that an event failed and was let through by; null if it failed none. */
    public static final String QUALITY_FLAGS = "quality_flags";

    private final Schema checkedSchema;
    private final Schema cleanSchema;
    private final List<Check> checks;
    private final List<Step> steps;
    private final StepListener listener;

    private Transform(Schema checkedSchema, List<Check> checks, List<Step> steps, StepListener listener) {
        this.checkedSchema = checkedSchema;
        this.cleanSchema = steps.get(steps.size() - 1).output();
        this.checks = checks;
        this.steps = steps;
        this.listener = listener;
    }

    /**
     * The transform of a declaration that was checked.
     *
     * @throws IllegalArgumentException if an expression is not valid after all
     */
    public static Transform bind(
            Schema eventSchema,
            List<QualityRule> rules,
            List<StepDeclaration> declared,
            Map<String, LabelDeclaration> labels) {
        return bind(eventSchema, rules, declared, labels, Map.of());
    }

    /**
     * The transform of a declaration that was checked, whose windows go on with the state that they had.
     *
     * @param shapes how that state is stored, by the steps' names
     * @throws IllegalArgumentException if an expression is not valid after all
     */
    public static Transform bind(
            Schema eventSchema,
            List<QualityRule> rules,
            List<StepDeclaration> declared,
            Map<String, LabelDeclaration> labels,
            Map<String, WindowShape> shapes) {
        try {
            List<Check> checks = new ArrayList<>();
            for (QualityRule rule : rules) {
                checks.add(new Check(rule, Expression.compile(rule.check(), eventSchema)));
            }
            Schema checked = eventSchema.plus(List.of(Field.canonical(QUALITY_FLAGS, FieldType.JSON, false)));
            List<Step> steps = new ArrayList<>(new StepBinder(labels, shapes).bind(declared, checked));
            Schema last =
                    steps.isEmpty() ? checked : steps.get(steps.size() - 1).output();
            steps.add(ProjectStep.clean(flagsLast(last), last));
            return new Transform(checked, List.copyOf(checks), List.copyOf(steps), StepListener.NONE);
        } catch (InvalidExpressionException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** The flags stand behind the event's own fields while steps add others, and behind all of them at the end. */
    private static List<String> flagsLast(Schema schema) {
        List<String> names = new ArrayList<>(schema.names());
        names.remove(QUALITY_FLAGS);
        names.add(QUALITY_FLAGS);
        return names;
    }

    /** This transform with the secrets that its steps need, by their names. */
    public Transform with(Function<String, byte[]> secrets) {
        return new Transform(
                checkedSchema,
                checks,
                steps.stream()
                        .map(step -> step instanceof TokenizeStep tokenize
                                ? tokenize.with(secrets.apply(tokenize.secret()))
                                : step)
                        .toList(),
                listener);
    }

    /** What lookups need, each once, in the order of the steps. */
    public List<ReferenceShape> references() {
        return steps.stream()
                .filter(LookupStep.class::isInstance)
                .map(step -> ((LookupStep) step).shape())
                .distinct()
                .toList();
    }

    /** This transform with the references in which its lookups find rows. */
    public Transform lookingUpIn(Function<ReferenceShape, Reference> references) {
        return new Transform(
                checkedSchema,
                checks,
                steps.stream()
                        .map(step ->
                                step instanceof LookupStep lookup ? lookup.in(references.apply(lookup.shape())) : step)
                        .toList(),
                listener);
    }

    /** This transform, telling that listener how far events come. */
    public Transform toldTo(StepListener hearing) {
        return new Transform(checkedSchema, checks, steps, hearing);
    }

    /** The fields behind all steps, and {@link #QUALITY_FLAGS}. */
    public Schema cleanSchema() {
        return cleanSchema;
    }

    /** The steps at which an event may wait, with the places by which {@link Outcome.At} names them. */
    public List<Integer> keyedSteps() {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof KeyedStep) {
                places.add(i);
            }
        }
        return places;
    }

    /** The step at that place. */
    public KeyedStep keyedStep(int place) {
        return (KeyedStep) steps.get(place);
    }

    /** The fields of an event that waits at that place. */
    public Schema schemaAt(int place) {
        return place == 0 ? checkedSchema : steps.get(place - 1).output();
    }

    /** Whether a step may leave an event out. */
    public boolean leavesOut() {
        return steps.stream().anyMatch(step -> step instanceof FilterStep || step instanceof DeduplicateStep);
    }

    /** Whether a step adds rolling features. */
    public boolean hasWindows() {
        return steps.stream().anyMatch(WindowStep.class::isInstance);
    }

    /** Whether a step writes rolling features to the topic of features. */
    public boolean publishesFeatures() {
        return steps.stream().anyMatch(step -> step instanceof WindowStep window && window.published());
    }

    /** Whether the steps from one place to before another leave these fields as they are. */
    public boolean keeps(Set<String> fields, int from, int before) {
        return steps.subList(from, before).stream().noneMatch(step -> Lineage.changes(step, fields));
    }

    /** Whether a step puts tokens in place of that field's values. */
    public boolean tokenizes(String field) {
        return steps.stream()
                .anyMatch(step -> step instanceof TokenizeStep tokenize && Lineage.changes(tokenize, Set.of(field)));
    }

    /** Checks an event and takes it as far as it comes by itself. */
    public Outcome enter(Row event, CheckListener listener) {
        ArrayNode flags = null;
        for (Check check : checks) {
            boolean passed;
            try {
                passed = check.passes(event);
            } catch (EvaluationException e) {
                return new Outcome.Rejected(
                        RejectionReason.EXPRESSION_FAILED,
                        "check '" + check.rule().name() + "': " + e.getMessage());
            }
            listener.checked(check.rule().name(), passed);
            if (!passed && check.rule().otherwise() == Otherwise.REJECT) {
                return new Outcome.Rejected(
                        RejectionReason.quality(check.rule().name()),
                        "check '" + check.rule().name() + "' failed: "
                                + check.rule().check());
            }
            if (!passed) {
                flags = flags == null ? JsonNodeFactory.instance.arrayNode() : flags;
                flags.add(check.rule().name());
            }
        }
        Object[] values = event.valuesFor(checkedSchema);
        values[values.length - 1] = flags;
        return proceed(new Row(checkedSchema, values), 0);
    }

    /** Takes an event that has come as far as that step on from there; the step itself is done if it is a keyed one. */
    public Outcome proceed(Row row, int from) {
        Row current = row;
        listener.reached(from, current);
        for (int i = from; i < steps.size(); i++) {
            if (!(steps.get(i) instanceof RowStep step)) {
                return new Outcome.At(i, current);
            }
            try {
                Optional<Row> next = step.apply(current);
                if (next.isEmpty()) {
                    return new Outcome.LeftOut(Outcome.Why.FILTERED);
                }
                current = next.get();
                listener.reached(i + 1, current);
            } catch (StepFailure e) {
                return e.rejection();
            }
        }
        return new Outcome.Clean(current);
    }

    /** What becomes of an event of which nothing came before: each window is empty but for the event's key, and missing. */
    public Outcome apply(Row event, CheckListener listener) {
        Outcome outcome = enter(event, listener);
        while (outcome instanceof Outcome.At at) {
            outcome = proceed(passed(steps.get(at.step()), at.row()), at.step() + 1);
        }
        return outcome;
    }

    private static Row passed(Step step, Row row) {
        return step instanceof WindowStep window ? window.without(row) : row;
    }

    /**
     * What completes an event of which only some fields are known, as at {@code /predict}.
     *
     * @param cleanFields the fields to be told
     * @param given those of them that whoever asks knows already
     */
    public Completion completing(Collection<String> cleanFields, Collection<String> given) {
        return Completion.of(checkedSchema, steps, cleanFields, given);
    }
}
