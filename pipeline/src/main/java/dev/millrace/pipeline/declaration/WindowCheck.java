package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import dev.millrace.pipeline.expression.Nearest;
import dev.millrace.pipeline.window.AggregateText;
import dev.millrace.pipeline.window.Span;
import dev.millrace.pipeline.window.WindowPlan;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What a window can still get wrong. */
final class WindowCheck {
    private final String path;
    private final StepDeclaration.Window window;
    private final PipelineDeclaration.Spec spec;
    private final StepCheck steps;

    /** A check of the window at that path, which reports what it finds as one of those steps. */
    WindowCheck(String path, StepDeclaration.Window window, PipelineDeclaration.Spec spec, StepCheck steps) {
        this.path = path;
        this.window = window;
        this.spec = spec;
        this.steps = steps;
    }

    /** The fields behind the window. */
    Schema check(Schema schema) {
        if (steps.find(path + ".by", window.by(), schema)
                && schema.field(schema.ordinal(window.by())).type() == FieldType.JSON) {
            steps.report(path + ".by", "a JSON field can not be a key; derive a text from it");
        }
        checkFrames();
        window.labels()
                .filter(name -> !spec.labels().containsKey(name))
                .ifPresent(name -> steps.report(
                        path + ".labels",
                        Nearest.to(name, spec.labels().keySet()),
                        "no labels '" + name + "' in spec.labels"));
        if (window.labels().isPresent() && spec.event().id().isEmpty()) {
            steps.report(path + ".labels", "labels name an event by its id: declare event.id");
        }
        int before = steps.found();
        window.compute().forEach((name, text) -> checkAggregate(name, text, schema));
        if (window.compute().isEmpty()) {
            steps.report(path + ".compute", "expected at least one feature, for example { tx_count: \"count()\" }");
        }
        if (steps.found() > before || WindowSettings.kinds(window) != 1) {
            return schema;
        }
        return features(schema);
    }

    private Schema features(Schema before) {
        Schema schema = before;
        try {
            WindowPlan plan = WindowPlan.bind(WindowSettings.of(window, spec.labels()), before);
            for (Field feature : plan.features()) {
                schema = steps.plus(path + ".compute", feature.name(), feature.type(), schema);
            }
        } catch (InvalidExpressionException | IllegalArgumentException e) {
            steps.report(path, e.getMessage());
        }
        return schema;
    }

    private void checkFrames() {
        if (WindowSettings.kinds(window) != 1) {
            steps.report(path, "expected one of over, tumbling, hopping and session");
        }
        Set<String> lengths = new HashSet<>();
        for (int i = 0; i < window.over().size(); i++) {
            String length = window.over().get(i);
            String below = path + ".over[" + i + "]";
            if (!length.matches(StepDeclaration.LENGTH)) {
                steps.report(below, "expected a length of time such as 30s, 15m, 12h or 7d, got '" + length + "'");
            } else if (!lengths.add(Span.text(Span.of(length)))) {
                steps.report(below, "'" + length + "' stands here twice");
            }
        }
        window.hopping().ifPresent(hopping -> {
            if (Span.of(hopping.every()).compareTo(Span.of(hopping.size())) > 0) {
                steps.report(
                        path + ".hopping.every", "windows that begin less often than they are long leave events out");
            }
        });
        window.precision().filter(text -> !text.equals("exact")).ifPresent(text -> checkPrecision(text));
    }

    private void checkPrecision(String text) {
        boolean valid = window.over().stream().allMatch(length -> length.matches(StepDeclaration.LENGTH));
        if (valid
                && WindowSettings.frames(window).stream()
                        .anyMatch(frame ->
                                frame.reach().toMillis() % Span.of(text).toMillis() != 0)) {
            steps.report(path + ".precision", "expected a length that divides each window, got " + text);
        }
    }

    private void checkAggregate(String name, String text, Schema schema) {
        String below = path + ".compute." + name;
        steps.checkForm(below, name);
        AggregateText aggregate;
        try {
            aggregate = AggregateText.of(text);
        } catch (IllegalArgumentException e) {
            steps.report(below, e.getMessage());
            return;
        }
        Schema readable = window.labels().isPresent() ? WindowPlan.labelled(schema) : schema;
        Optional<Expression> argument =
                aggregate.argument().flatMap(cel -> steps.compile(below, aggregate.argumentAt(), cel, readable));
        argument.filter(expression -> !aggregate.function().takes(expression.type()))
                .ifPresent(expression -> steps.report(
                        below,
                        "expected " + aggregate.function().taken() + ", and '" + expression.text() + "' is a "
                                + expression.type().declaredName()));
        Optional<Expression> condition =
                aggregate.condition().flatMap(cel -> steps.compile(below, aggregate.conditionAt(), cel, readable));
        condition
                .filter(expression -> expression.type() != FieldType.BOOLEAN)
                .ifPresent(expression -> steps.report(
                        below,
                        "expected a condition that is true or false behind where, and this is a "
                                + expression.type().declaredName()));
        Set<String> fields = new HashSet<>();
        argument.ifPresent(expression -> fields.addAll(expression.fields()));
        condition.ifPresent(expression -> fields.addAll(expression.fields()));
        if (window.labels().isPresent() && fields.contains(WindowPlan.LABEL)) {
            checkLabelled(below, aggregate, fields);
        }
    }

    /** A label comes without its event: what it changes has to be known of it alone. */
    private void checkLabelled(String below, AggregateText aggregate, Set<String> fields) {
        if (fields.size() > 1) {
            steps.report(below, "what reads label can read nothing else: the label comes later, without its event");
        }
        if (!aggregate.function().isLinear()) {
            steps.report(
                    below,
                    "of label there are count, sum and mean: a label that comes later can not change the others");
        }
    }
}
