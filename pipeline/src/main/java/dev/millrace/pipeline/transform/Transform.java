package dev.millrace.pipeline.transform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.pipeline.declaration.QualityRule;
import dev.millrace.pipeline.declaration.QualityRule.Otherwise;
import dev.millrace.pipeline.declaration.StepDeclaration;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.FieldOrder;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The stateless part of a pipeline's transform: its checks in order, then its derived fields, each behind those it reads. Immutable and
 * thread-safe.
 */
public final class Transform {
    /** The clean field that names the checks that an event failed and was let through by; null if it failed none. */
    public static final String QUALITY_FLAGS = "quality_flags";

    private final Schema eventSchema;
    private final Schema cleanSchema;
    private final List<Check> checks;
    private final List<Derivation> derivations;

    private Transform(Schema eventSchema, Schema cleanSchema, List<Check> checks, List<Derivation> derivations) {
        this.eventSchema = eventSchema;
        this.cleanSchema = cleanSchema;
        this.checks = checks;
        this.derivations = derivations;
    }

    /**
     * The transform of a declaration that was checked.
     *
     * @throws IllegalArgumentException if an expression is not valid after all
     */
    public static Transform bind(Schema eventSchema, List<QualityRule> rules, List<StepDeclaration> steps) {
        try {
            List<Check> checks = new ArrayList<>();
            for (QualityRule rule : rules) {
                checks.add(new Check(rule, Expression.compile(rule.check(), eventSchema)));
            }
            Schema schema = eventSchema;
            List<Derivation> derivations = new ArrayList<>();
            for (StepDeclaration step : steps) {
                StepDeclaration.Derive derive = (StepDeclaration.Derive) step;
                for (String name : FieldOrder.of(derive.fields()).names()) {
                    Derivation derivation = new Derivation(
                            name, Expression.compile(derive.fields().get(name), schema));
                    derivations.add(derivation);
                    schema = schema.plus(List.of(derivation.field()));
                }
            }
            Schema clean = schema.plus(List.of(Field.canonical(QUALITY_FLAGS, FieldType.JSON, false)))
                    .canonical();
            return new Transform(eventSchema, clean, List.copyOf(checks), List.copyOf(derivations));
        } catch (InvalidExpressionException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** The event's fields, the derived ones behind them, and {@link #QUALITY_FLAGS}. */
    public Schema cleanSchema() {
        return cleanSchema;
    }

    /** What becomes of the event. */
    public Outcome apply(Row event, CheckListener listener) {
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
        Object[] values = event.valuesFor(cleanSchema);
        values[cleanSchema.size() - 1] = flags;
        Row clean = new Row(cleanSchema, values);
        int ordinal = eventSchema.size();
        for (Derivation derivation : derivations) {
            try {
                values[ordinal++] = derivation.expression().evaluate(clean);
            } catch (EvaluationException e) {
                return new Outcome.Rejected(
                        RejectionReason.EXPRESSION_FAILED, "field '" + derivation.name() + "': " + e.getMessage());
            }
        }
        return new Outcome.Clean(clean);
    }

    /**
     * The derived fields of an event of which only some fields are known, as at {@code /predict}: checks are not made,
     * and a field that can not be derived is missing.
     */
    public Row derive(Row event) {
        Object[] values = event.valuesFor(cleanSchema);
        Row clean = new Row(cleanSchema, values);
        int ordinal = eventSchema.size();
        for (Derivation derivation : derivations) {
            try {
                values[ordinal] = derivation.expression().evaluate(clean);
            } catch (EvaluationException unknown) {
                values[ordinal] = null;
            }
            ordinal++;
        }
        return clean;
    }

    /** The event's own fields that have to be known to derive these clean fields. */
    public Set<String> eventFieldsFor(List<String> cleanFields) {
        Set<String> needed = new LinkedHashSet<>(cleanFields);
        for (int i = derivations.size() - 1; i >= 0; i--) {
            if (needed.remove(derivations.get(i).name())) {
                needed.addAll(derivations.get(i).expression().fields());
            }
        }
        return needed;
    }
}
