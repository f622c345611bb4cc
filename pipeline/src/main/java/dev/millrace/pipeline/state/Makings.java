package dev.millrace.pipeline.state;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.EventDeclaration.FieldDeclaration;
import dev.millrace.pipeline.declaration.PipelineDeclaration.Spec;
import dev.millrace.pipeline.declaration.StepDeclaration;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.FieldOrder;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.pipeline.window.AggregateText;
import dev.millrace.pipeline.window.WindowPlan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How the values of each field are made, at each step: the same digest for the same way, so that two declarations can be
 * compared without their texts. Immutable.
 */
final class Makings {
    private static final int DIGITS = 16;

    private final List<Map<String, String>> before = new ArrayList<>();

    private Makings() {}

    static Makings of(Pipeline pipeline) {
        Makings makings = new Makings();
        Spec spec = pipeline.declaration().spec();
        Map<String, String> fields = new LinkedHashMap<>();
        spec.event().fields().forEach((name, field) -> fields.put(name, declared(name, field)));
        fields.put(Transform.QUALITY_FLAGS, digest("flags"));
        makings.before.add(Map.copyOf(fields));
        for (int place = 0; place < spec.transform().size(); place++) {
            Map<String, String> behind =
                    behind(spec.transform().get(place), pipeline.transform(), place, makings.before.get(place));
            makings.before.add(Map.copyOf(behind));
        }
        return makings;
    }

    /** The field as it comes to that step. */
    Made at(int place, String field) {
        return new Made(field, before.get(place).get(field));
    }

    /** All fields as they come to that step, but for the flags. */
    List<Made> all(int place, Schema schema) {
        return schema.names().stream()
                .filter(name -> !name.equals(Transform.QUALITY_FLAGS))
                .map(name -> at(place, name))
                .toList();
    }

    /** How each field that the expression reads is made, by its name; the label is made by nobody here. */
    Map<String, String> readBy(int place, String expression, Schema schema) {
        return readBy(before.get(place), expression, schema);
    }

    private static Map<String, String> readBy(Map<String, String> fields, String expression, Schema schema) {
        Map<String, String> read = new TreeMap<>();
        for (String name : compiled(expression, schema).fields()) {
            if (fields.containsKey(name)) {
                read.put(name, fields.get(name));
            }
        }
        return read;
    }

    private static Expression compiled(String text, Schema schema) {
        try {
            return Expression.compile(text, schema);
        } catch (InvalidExpressionException e) {
            throw new IllegalStateException("an expression of a checked declaration compiles: " + text, e);
        }
    }

    private static String declared(String name, FieldDeclaration field) {
        String zone = field.type() == FieldType.TIMESTAMP ? field.zone().orElse("UTC") : "";
        return field.from()
                .map(from -> digest("field", name, field.type().name(), zone, from))
                .orElseGet(() -> digest("field", name, field.type().name(), zone));
    }

    private static Map<String, String> behind(
            StepDeclaration step, Transform transform, int place, Map<String, String> before) {
        Schema schema = transform.schemaAt(place + 1);
        Map<String, String> fields = new LinkedHashMap<>(before);
        if (step instanceof StepDeclaration.Derive derive) {
            for (String name : FieldOrder.of(derive.fields()).names()) {
                String text = derive.fields().get(name).strip();
                fields.put(
                        name,
                        digest("derive", text, readBy(fields, text, schema).toString()));
            }
        } else if (step instanceof StepDeclaration.Rename rename) {
            rename.fields().forEach((from, to) -> fields.put(to, before.get(from)));
        } else if (step instanceof StepDeclaration.Cast cast) {
            cast.fields().forEach((name, type) -> fields.put(name, digest("cast", type.name(), before.get(name))));
        } else if (step instanceof StepDeclaration.Tokenize tokenize) {
            tokenize.fields().forEach(name -> fields.put(name, digest("token", tokenize.secret(), before.get(name))));
        } else if (step instanceof StepDeclaration.Lookup lookup) {
            lookup.add()
                    .forEach((name, added) -> fields.put(
                            name,
                            digest(
                                    "lookup",
                                    lookup.from().toString(),
                                    lookup.key().orElse(lookup.by()),
                                    added.from().orElse(name),
                                    added.type().name(),
                                    before.get(lookup.by()))));
        } else {
            String made = text(step) + read(step, before, transform, place);
            for (String name : schema.names()) {
                if (!before.containsKey(name)) {
                    fields.put(name, digest("step", made, name));
                }
            }
        }
        fields.keySet().retainAll(schema.names());
        return fields;
    }

    /** The same text however the keys of a mapping are ordered: a Kubernetes API server sorts them. */
    private static String text(StepDeclaration step) {
        if (step instanceof StepDeclaration.Window window) {
            return new StepDeclaration.Window(
                            window.by(),
                            window.over(),
                            window.tumbling(),
                            window.hopping(),
                            window.session(),
                            window.delay(),
                            new TreeMap<>(window.compute()),
                            window.labels(),
                            window.precision(),
                            window.allowed_lateness(),
                            // Where features go besides says nothing of what they are.
                            Optional.empty())
                    .toString();
        }
        return step.toString();
    }

    /** What a window's features are made of besides what its declaration says. */
    private static Map<String, String> read(
            StepDeclaration step, Map<String, String> before, Transform transform, int place) {
        if (!(step instanceof StepDeclaration.Window window)) {
            // Of a step of another kind, all that comes to it: rather too much than too little.
            return step instanceof StepDeclaration.Filter || step instanceof StepDeclaration.Deduplicate
                    ? Map.of()
                    : new TreeMap<>(before);
        }
        Map<String, String> read = new TreeMap<>();
        read.put(window.by(), before.get(window.by()));
        Schema schema = WindowPlan.labelled(transform.schemaAt(place));
        for (String text : window.compute().values()) {
            AggregateText aggregate = AggregateText.of(text);
            aggregate.argument().ifPresent(argument -> read.putAll(readBy(before, argument, schema)));
            aggregate.condition().ifPresent(condition -> read.putAll(readBy(before, condition, schema)));
        }
        return read;
    }

    /** The digests of fields of these names. */
    List<String> of(int place, Set<String> names) {
        return names.stream().sorted().map(name -> before.get(place).get(name)).toList();
    }

    private static String digest(String... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                sha.update(part.getBytes(StandardCharsets.UTF_8));
                sha.update((byte) 0);
            }
            return HexFormat.of().formatHex(sha.digest()).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
