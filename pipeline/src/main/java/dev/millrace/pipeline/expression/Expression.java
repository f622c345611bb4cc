package dev.millrace.pipeline.expression;

import com.google.protobuf.NullValue;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelReference;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelVariableResolver;
import dev.cel.runtime.Program;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A CEL expression, checked against a schema and ready to be evaluated on its rows.
 *
 * <p>A decimal field is a CEL double, a date the timestamp of its midnight in UTC, a JSON field dynamic. Whole numbers
 * and doubles compare with each other. A missing value is unknown, as in SQL: so is whatever is computed from it, but
 * {@code true || unknown} is true and {@code false && unknown} is false. Only an expression that itself compares the
 * field with {@code null} sees null there. Immutable and thread-safe.
 */
public final class Expression {
    private static final CelOptions OPTIONS =
            CelOptions.current().enableHeterogeneousNumericComparisons(true).build();
    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.plannerRuntimeBuilder().setOptions(OPTIONS).build();

    private final String text;
    private final Schema schema;
    private final FieldType type;
    private final int[] ordinals;
    private final boolean fieldAlone;
    private final Set<String> askedForNull;
    private final Program program;

    private Expression(
            String text,
            Schema schema,
            FieldType type,
            Set<String> fields,
            boolean fieldAlone,
            Set<String> askedForNull,
            Program program) {
        this.text = text;
        this.schema = schema;
        this.type = type;
        this.ordinals = fields.stream().mapToInt(schema::ordinal).toArray();
        this.fieldAlone = fieldAlone;
        this.askedForNull = askedForNull;
        this.program = program;
    }

    /**
     * The expression that the text says over rows of that schema.
     *
     * @throws InvalidExpressionException if it is no CEL, names an unknown field, or does not fit the fields' types
     */
    public static Expression compile(String text, Schema schema) throws InvalidExpressionException {
        CelCompilerBuilder compiler =
                CelCompilerFactory.standardCelCompilerBuilder().setOptions(OPTIONS);
        compiler.setStandardMacros(CelStandardMacro.STANDARD_MACROS);
        for (Field field : schema.fields()) {
            compiler.addVar(field.name(), celType(field));
        }
        CelValidationResult checked = compiler.build().compile(text);
        if (checked.hasError()) {
            throw new InvalidExpressionException(mistakes(checked, schema));
        }
        try {
            CelAbstractSyntaxTree tree = checked.getAst();
            FieldType type = fieldType(tree.getResultType());
            if (type == null) {
                throw new InvalidExpressionException(List.of(new ExpressionMistake(
                        0,
                        "the expression's type is " + tree.getResultType().name()
                                + ", which no field can have; expected text, a number, true or false, or a timestamp",
                        Optional.of("convert it, for example with string(…), double(…) or int(…)"))));
            }
            return new Expression(
                    text,
                    schema,
                    type,
                    fields(tree, schema),
                    tree.getExpr().exprKind().getKind() == CelExpr.ExprKind.Kind.IDENT,
                    NullTests.in(tree.getExpr()),
                    RUNTIME.createProgram(tree));
        } catch (CelValidationException | CelEvaluationException e) {
            throw new InvalidExpressionException(List.of(new ExpressionMistake(0, e.getMessage(), Optional.empty())));
        }
    }

    /** The type of the expression's value. */
    public FieldType type() {
        return type;
    }

    /** The text it was compiled from. */
    public String text() {
        return text;
    }

    /** The names of the fields that it reads. */
    public List<String> fields() {
        List<String> names = new ArrayList<>();
        for (int ordinal : ordinals) {
            names.add(schema.field(ordinal).name());
        }
        return names;
    }

    /**
     * The expression's value on a row whose schema begins with this expression's schema: of the class that its type's
     * {@link FieldType#javaType()} says, or null where it reads a missing value without asking for it.
     *
     * @throws EvaluationException if it has no value on this row
     */
    public Object evaluate(Row row) throws EvaluationException {
        if (fieldAlone) {
            // Most features are of a field as it is.
            Object value = row.get(ordinals[0]);
            return value == null ? null : javaValue(CelValues.of(value));
        }
        try {
            CelVariableResolver values = name -> celValue(name, row);
            return javaValue(program.eval(values));
        } catch (CelEvaluationException | RuntimeException e) {
            if (readsMissing(row)) {
                return null;
            }
            throw new EvaluationException(text, e.getMessage());
        }
    }

    private boolean readsMissing(Row row) {
        for (int ordinal : ordinals) {
            if (row.get(ordinal) == null) {
                return true;
            }
        }
        return false;
    }

    private Object javaValue(Object value) throws EvaluationException {
        if (value == null || value instanceof NullValue) {
            return null;
        }
        if (value instanceof Double number && !Double.isFinite(number)) {
            throw new EvaluationException(text, "the result is " + number);
        }
        if (value instanceof String string && !Text.isStorable(string)) {
            throw new EvaluationException(text, "the result holds U+0000 or half a surrogate pair");
        }
        return value;
    }

    /** A missing value is left unresolved, which CEL's logic treats as SQL's treats unknown. */
    private Optional<Object> celValue(String name, Row row) {
        Object value = row.get(schema.ordinal(name));
        if (value == null) {
            return askedForNull.contains(name) ? Optional.of(NullValue.NULL_VALUE) : Optional.empty();
        }
        return Optional.of(CelValues.of(value));
    }

    private static CelType celType(Field field) {
        CelType type = switch (field.type()) {
            case STRING -> SimpleType.STRING;
            case INTEGER -> SimpleType.INT;
            case DECIMAL, DOUBLE -> SimpleType.DOUBLE;
            case BOOLEAN -> SimpleType.BOOL;
            case TIMESTAMP, DATE -> SimpleType.TIMESTAMP;
            case JSON -> SimpleType.DYN;
        };
        return field.required() || field.type() == FieldType.JSON ? type : NullableType.create(type);
    }

    private static FieldType fieldType(CelType type) {
        if (type instanceof NullableType nullable) {
            return fieldType(nullable.targetType());
        }
        CelKind kind = type.kind();
        return switch (kind) {
            case STRING -> FieldType.STRING;
            case INT -> FieldType.INTEGER;
            case DOUBLE -> FieldType.DOUBLE;
            case BOOL -> FieldType.BOOLEAN;
            case TIMESTAMP -> FieldType.TIMESTAMP;
            default -> null;
        };
    }

    private static Set<String> fields(CelAbstractSyntaxTree tree, Schema schema) {
        Set<String> names = new TreeSet<>();
        Map<Long, CelReference> references = tree.getReferenceMap();
        for (CelReference reference : references.values()) {
            if (schema.find(reference.name()) >= 0) {
                names.add(reference.name());
            }
        }
        return names;
    }

    private static List<ExpressionMistake> mistakes(CelValidationResult checked, Schema schema) {
        List<ExpressionMistake> mistakes = new ArrayList<>();
        List<CelIssue> errors = checked.getErrors();
        for (CelIssue issue : errors) {
            String message = issue.getMessage();
            mistakes.add(new ExpressionMistake(
                    Math.max(0, issue.getSourceLocation().getColumn()), plain(message), suggestion(message, schema)));
        }
        return mistakes;
    }

    private static String plain(String message) {
        String undeclared = undeclared(message);
        return undeclared == null ? message : "unknown field or function '" + undeclared + "'";
    }

    private static Optional<String> suggestion(String message, Schema schema) {
        String undeclared = undeclared(message);
        return undeclared == null ? Optional.empty() : Nearest.to(undeclared, schema.names());
    }

    private static String undeclared(String message) {
        String prefix = "undeclared reference to '";
        int start = message.indexOf(prefix);
        if (start < 0) {
            return null;
        }
        int from = start + prefix.length();
        return message.substring(from, message.indexOf('\'', from));
    }
}
