package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.declaration.LabelDeclaration;
import dev.millrace.pipeline.declaration.StepDeclaration;
import dev.millrace.pipeline.declaration.WindowSettings;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import dev.millrace.pipeline.window.Span;
import dev.millrace.pipeline.window.WindowPlan;
import dev.millrace.pipeline.window.WindowShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Binds declared steps one after the other, each to the fields that the one before leaves. */
final class StepBinder {
    private final Map<String, LabelDeclaration> labels;
    private final Map<String, WindowShape> shapes;
    private final Map<String, Integer> names = new HashMap<>();

    /**
     * A binder.
     *
     * @param shapes how the state is stored that windows go on with, by the steps' names
     */
    StepBinder(Map<String, LabelDeclaration> labels, Map<String, WindowShape> shapes) {
        this.labels = labels;
        this.shapes = shapes;
    }

    List<Step> bind(List<StepDeclaration> declarations, Schema first) throws InvalidExpressionException {
        List<Step> steps = new ArrayList<>();
        Schema schema = first;
        for (StepDeclaration declared : declarations) {
            Step step = bind(declared, schema);
            steps.add(step);
            schema = step.output();
        }
        return steps;
    }

    private Step bind(StepDeclaration declared, Schema input) throws InvalidExpressionException {
        if (declared instanceof StepDeclaration.Derive derive) {
            return DeriveStep.bind(derive.fields(), input);
        } else if (declared instanceof StepDeclaration.Filter filter) {
            return new FilterStep(input, Expression.compile(filter.condition(), input));
        } else if (declared instanceof StepDeclaration.Rename rename) {
            return ProjectStep.rename(rename.fields(), input);
        } else if (declared instanceof StepDeclaration.Cast cast) {
            return CastStep.bind(cast.fields(), input);
        } else if (declared instanceof StepDeclaration.Select select) {
            return ProjectStep.select(withFlags(select.fields()), input);
        } else if (declared instanceof StepDeclaration.Tokenize tokenize) {
            return TokenizeStep.bind(tokenize.fields(), tokenize.secret(), input);
        } else if (declared instanceof StepDeclaration.Lookup lookup) {
            return LookupStep.bind(lookup, input);
        } else if (declared instanceof StepDeclaration.Deduplicate deduplicate) {
            return new DeduplicateStep(unique("deduplicate"), input, deduplicate.by(), Span.of(deduplicate.within()));
        }
        return bindWindow((StepDeclaration.Window) declared, input);
    }

    private Step bindWindow(StepDeclaration.Window window, Schema input) throws InvalidExpressionException {
        String name = unique("window-" + window.by().replace('_', '-'));
        WindowPlan plan =
                WindowPlan.bind(WindowSettings.of(window, labels), input, Optional.ofNullable(shapes.get(name)));
        return new WindowStep(
                name,
                input,
                input.plus(plan.features()),
                window.by(),
                plan,
                window.labels(),
                window.publish().orElse(true));
    }

    private static List<String> withFlags(List<String> fields) {
        List<String> all = new ArrayList<>(fields);
        all.add(Transform.QUALITY_FLAGS);
        return all;
    }

    /** The name, with a number behind it where another step has it already. */
    private String unique(String name) {
        int before = names.merge(name, 1, Integer::sum);
        return before == 1 ? name : name + "-" + before;
    }
}
