package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.ExpressionMistake;
import dev.millrace.pipeline.expression.FieldOrder;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import dev.millrace.pipeline.expression.Nearest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What the steps of a transform can get wrong, and the fields that each leaves to the next. */
final class StepCheck {
    private static final Pattern NAME = Pattern.compile(EventDeclaration.FIELD_NAME);

    private final List<Finding> findings;
    private final PipelineDeclaration.Spec spec;
    private final Set<String> roles = new HashSet<>();

    /** Adds to those findings. */
    StepCheck(PipelineDeclaration.Spec spec, List<Finding> findings) {
        this.spec = spec;
        this.findings = findings;
        EventDeclaration event = spec.event();
        roles.add(event.time());
        event.id().ifPresent(roles::add);
        event.key().ifPresent(roles::add);
        // A role that no field plays is reported as such.
        roles.retainAll(event.fields().keySet());
    }

    /** The fields behind all steps. */
    Schema check(Schema event) {
        Schema schema = event;
        for (int i = 0; i < spec.transform().size(); i++) {
            schema = check("spec.transform[" + i + "]", spec.transform().get(i), schema);
        }
        return schema;
    }

    private Schema check(String path, StepDeclaration step, Schema schema) {
        if (step instanceof StepDeclaration.Derive derive) {
            return checkDerive(path + ".derive", derive, schema);
        } else if (step instanceof StepDeclaration.Filter filter) {
            requireCondition(path + ".filter", filter.condition(), schema);
        } else if (step instanceof StepDeclaration.Rename rename) {
            return checkRename(path + ".rename", rename, schema);
        } else if (step instanceof StepDeclaration.Cast cast) {
            return checkCast(path + ".cast", cast, schema);
        } else if (step instanceof StepDeclaration.Select select) {
            return checkSelect(path + ".select", select, schema);
        } else if (step instanceof StepDeclaration.Tokenize tokenize) {
            return checkTokenize(path + ".tokenize", tokenize, schema);
        } else if (step instanceof StepDeclaration.Lookup lookup) {
            return new LookupCheck(path + ".lookup", lookup, this).check(schema);
        } else if (step instanceof StepDeclaration.Deduplicate deduplicate) {
            checkDeduplicate(path + ".deduplicate", deduplicate, schema);
        } else if (step instanceof StepDeclaration.Window window) {
            return new WindowCheck(path + ".window", window, spec, this).check(schema);
        }
        return schema;
    }

    private Schema checkDerive(String path, StepDeclaration.Derive derive, Schema before) {
        Schema schema = before;
        FieldOrder order = FieldOrder.of(derive.fields());
        for (String name : order.names()) {
            String below = path + "." + name;
            if (order.circular().contains(name) && schema.find(name) < 0) {
                report(below, "'" + name + "' is derived from itself, perhaps by way of another field");
                schema = schema.plus(List.of(Field.canonical(name, FieldType.JSON, false)));
            } else {
                Optional<Expression> expression =
                        compile(below, 0, derive.fields().get(name), schema);
                schema = plus(below, name, expression.map(Expression::type).orElse(FieldType.JSON), schema);
            }
        }
        return schema;
    }

    /** A field whose expression is wrong is still known, so that those that use it are not reported too. */
    Schema plus(String path, String name, FieldType type, Schema schema) {
        boolean named = checkName(path, name);
        if (schema.find(name) >= 0) {
            report(path, "there is a field '" + name + "' already");
            return schema;
        }
        return named ? schema.plus(List.of(Field.canonical(name, type, false))) : schema;
    }

    private boolean checkName(String path, String name) {
        if (!checkForm(path, name)) {
            return false;
        }
        if (DeclarationCheck.RESERVED.contains(name)) {
            report(path, "'" + name + "' is a name that Millrace gives to a column of its own; choose another");
        }
        return true;
    }

    /** Whether it can be the name of a field, or begin one. */
    boolean checkForm(String path, String name) {
        if (NAME.matcher(name).matches()) {
            return true;
        }
        report(
                path,
                "a field's name is a lower case letter and then letters, digits and underscores, at most 59"
                        + " in all; got '" + name + "'");
        return false;
    }

    private Schema checkRename(String path, StepDeclaration.Rename rename, Schema schema) {
        List<Field> fields = new ArrayList<>(schema.fields());
        rename.fields().forEach((from, to) -> {
            String below = path + "." + from;
            if (find(below, from, schema) && free(below, from, "name") && checkName(below, to)) {
                int ordinal = schema.ordinal(from);
                Field field = schema.field(ordinal);
                if (fields.stream().anyMatch(other -> other.name().equals(to))) {
                    report(below, "there is a field '" + to + "' already");
                } else {
                    fields.set(ordinal, Field.canonical(to, field.type(), field.required()));
                }
            }
        });
        return new Schema(fields);
    }

    private Schema checkCast(String path, StepDeclaration.Cast cast, Schema schema) {
        List<Field> fields = new ArrayList<>(schema.fields());
        cast.fields().forEach((name, type) -> {
            String below = path + "." + name;
            if (find(below, name, schema) && free(below, name, "type")) {
                int ordinal = schema.ordinal(name);
                FieldType from = schema.field(ordinal).type();
                if (from == FieldType.JSON || type == FieldType.JSON) {
                    report(below, "JSON is cast to nothing and nothing to JSON; derive a field from it instead");
                }
                fields.set(
                        ordinal,
                        Field.canonical(name, type, schema.field(ordinal).required()));
            }
        });
        return new Schema(fields);
    }

    private Schema checkSelect(String path, StepDeclaration.Select select, Schema schema) {
        List<Field> fields = new ArrayList<>();
        Set<String> selected = new HashSet<>();
        for (int i = 0; i < select.fields().size(); i++) {
            String name = select.fields().get(i);
            String below = path + "[" + i + "]";
            if (!selected.add(name)) {
                report(below, "'" + name + "' stands here twice");
            } else if (find(below, name, schema)) {
                fields.add(schema.field(schema.ordinal(name)));
            }
        }
        for (String role : roles) {
            if (!selected.contains(role)) {
                report(path, "'" + role + "' is the event's id, key or time and has to be among the fields");
                fields.add(schema.field(schema.ordinal(role)));
            }
        }
        return new Schema(fields);
    }

    private Schema checkTokenize(String path, StepDeclaration.Tokenize tokenize, Schema schema) {
        List<Field> fields = new ArrayList<>(schema.fields());
        for (int i = 0; i < tokenize.fields().size(); i++) {
            String name = tokenize.fields().get(i);
            String below = path + ".fields[" + i + "]";
            if (find(below, name, schema)) {
                int ordinal = schema.ordinal(name);
                Field field = schema.field(ordinal);
                if (field.type() != FieldType.STRING && field.type() != FieldType.INTEGER) {
                    report(
                            below,
                            "expected a string or an integer, and '" + name + "' is a "
                                    + field.type().declaredName());
                }
                if (spec.event().id().filter(name::equals).isPresent()) {
                    report(below, "'" + name + "' is the event's id, by which it is found again");
                }
                fields.set(ordinal, Field.canonical(name, FieldType.STRING, field.required()));
            }
        }
        return new Schema(fields);
    }

    private void checkDeduplicate(String path, StepDeclaration.Deduplicate step, Schema schema) {
        for (int i = 0; i < step.by().size(); i++) {
            find(path + ".by[" + i + "]", step.by().get(i), schema);
        }
    }

    private void requireCondition(String path, String text, Schema schema) {
        compile(path, 0, text, schema)
                .filter(expression -> expression.type() != FieldType.BOOLEAN)
                .ifPresent(expression -> report(
                        path,
                        "expected an expression that is true or false, and this is a "
                                + expression.type().declaredName()));
    }

    boolean find(String path, String name, Schema schema) {
        if (schema.find(name) < 0) {
            report(path, Nearest.to(name, schema.names()), "no field '" + name + "', declared or derived");
            return false;
        }
        return true;
    }

    private boolean free(String path, String name, String what) {
        if (roles.contains(name)) {
            report(path, "'" + name + "' is the event's id, key or time and keeps its " + what);
            return false;
        }
        return true;
    }

    Optional<Expression> compile(String path, int offset, String text, Schema schema) {
        try {
            return Optional.of(Expression.compile(text, schema));
        } catch (InvalidExpressionException e) {
            for (ExpressionMistake mistake : e.mistakes()) {
                findings.add(new Finding(path, offset + mistake.column(), mistake.message(), mistake.suggestion()));
            }
            return Optional.empty();
        }
    }

    /** How much is wrong so far. */
    int found() {
        return findings.size();
    }

    void report(String path, String message) {
        findings.add(Finding.at(path, message));
    }

    void report(String path, Optional<String> suggestion, String message) {
        findings.add(new Finding(path, 0, message, suggestion));
    }
}
