package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.Nearest;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a declaration of the right shape can still get wrong: names that do not exist, types that do not fit, expressions
 * that do not compile. It knows paths, not files, so that a declaration of any origin can be checked.
 */
final class DeclarationCheck {
    /** Names that Millrace itself gives to fields and columns. */
    static final Set<String> RESERVED =
            Set.of("quality_flags", "score", "label", "model", "model_version", "event_id", "accepted_at", "loaded_at");

    private static final Pattern TABLE = Pattern.compile(SinkDeclaration.TABLE_NAME);

    private final PipelineDeclaration.Spec spec;
    private final Findings findings;
    /** The fields that are the event's id and time, as far as they can be. */
    private final Set<String> identifying;

    private DeclarationCheck(PipelineDeclaration.Spec spec, Findings findings, Set<String> identifying) {
        this.spec = spec;
        this.findings = findings;
        this.identifying = identifying;
    }

    /** Everything that is wrong with a declaration whose shape is right. */
    static List<Finding> check(PipelineDeclaration declaration) {
        Findings findings = new Findings();
        EventCheck event = new EventCheck(declaration.spec().event(), findings);
        event.checkNames();
        // Expressions and sinks are read against the fields: one without a good name would be reported again and again.
        boolean named = findings.all().isEmpty();
        event.check();
        DeclarationCheck check = new DeclarationCheck(declaration.spec(), findings, event.identifying());
        check.checkSources();
        check.checkLabels();
        if (named) {
            check.checkAgainst(schema(declaration.spec().event()));
        }
        return findings.all();
    }

    private void checkAgainst(Schema event) {
        checkQuality(event);
        int before = findings.all().size();
        Schema clean = new StepCheck(spec, findings.all()).check(event);
        new ModelCheck(spec, findings).check(clean, findings.all().size() == before);
        checkSinks(clean);
    }

    private static Schema schema(EventDeclaration event) {
        return new Schema(event.fields().entrySet().stream()
                .map(field -> Field.canonical(
                        field.getKey(),
                        field.getValue().type(),
                        field.getValue().required()))
                .toList());
    }

    private void checkSources() {
        for (int i = 0; i < spec.sources().size(); i++) {
            if (spec.sources().get(i) instanceof SourceDeclaration.File file) {
                checkFile("spec.sources[" + i + "].file", file);
            }
        }
    }

    private void checkFile(String path, SourceDeclaration.File file) {
        if (leavesFolder(file.path())) {
            findings.report(
                    path + ".path",
                    "expected a path below the data folder, with / between folders, got '" + file.path() + "'");
        }
        if (file.format().isEmpty()
                && SourceDeclaration.FileFormat.ofName(file.path()).isEmpty()) {
            findings.report(
                    path + ".path",
                    "the ending does not say how the file is written; add format: csv or format: ndjson");
        }
        file.labels()
                .filter(name -> !spec.labels().containsKey(name))
                .ifPresent(name -> findings.report(
                        path + ".labels",
                        Nearest.to(name, spec.labels().keySet()),
                        "no labels '" + name + "' in spec.labels"));
    }

    /** Whether a path does not stay below the folder that it is relative to, on whatever system. */
    static boolean leavesFolder(String path) {
        return path.startsWith("/")
                || path.contains("\\")
                || List.of(path.split("/")).contains("..");
    }

    private void checkLabels() {
        if (!spec.labels().isEmpty() && spec.event().id().isEmpty()) {
            findings.report("spec.labels", "labels name an event by its id: declare event.id");
        }
    }

    private void checkQuality(Schema event) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < spec.quality().size(); i++) {
            QualityRule rule = spec.quality().get(i);
            String path = "spec.quality[" + i + "]";
            if (!names.add(rule.name())) {
                findings.report(path + ".name", "another check is called '" + rule.name() + "'");
            }
            findings.compile(path + ".check", rule.check(), event).ifPresent(expression -> {
                if (expression.type() != FieldType.BOOLEAN) {
                    findings.report(
                            path + ".check",
                            "expected an expression that is true or false, and this is a "
                                    + expression.type().declaredName());
                }
            });
        }
    }

    private void checkSinks(Schema clean) {
        boolean seen = false;
        for (int i = 0; i < spec.sinks().size(); i++) {
            String path = "spec.sinks[" + i + "].postgres";
            if (seen) {
                findings.report(path, "one postgres sink is enough; a pipeline has one star schema");
            }
            seen = true;
            checkStar(path, (SinkDeclaration.Postgres) spec.sinks().get(i), clean);
        }
    }

    private void checkStar(String path, SinkDeclaration.Postgres sink, Schema clean) {
        Set<String> described = new HashSet<>();
        sink.dimensions().forEach((table, dimension) -> {
            String below = path + ".dimensions." + table;
            if (!TABLE.matcher(table).matches()) {
                findings.report(
                        below,
                        "a table's name is lower case letters, digits and underscores, at most 50; got '" + table
                                + "'");
            }
            if (table.equals(sink.fact().table())) {
                findings.report(below, "the fact table has this name already");
            }
            checkColumn(below + ".key", dimension.key(), clean, described).ifPresent(type -> {
                if (type != FieldType.STRING && type != FieldType.INTEGER) {
                    findings.report(
                            below + ".key",
                            "expected a field of type string or integer, and '" + dimension.key() + "' is a "
                                    + type.declaredName());
                }
            });
            for (int i = 0; i < dimension.attributes().size(); i++) {
                checkColumn(
                        below + ".attributes[" + i + "]", dimension.attributes().get(i), clean, described);
            }
        });
    }

    private Optional<FieldType> checkColumn(String path, String name, Schema clean, Set<String> described) {
        int ordinal = clean.find(name);
        if (ordinal < 0) {
            findings.report(path, Nearest.to(name, clean.names()), "no field '" + name + "', declared or derived");
            return Optional.empty();
        }
        if (identifying.contains(name)) {
            findings.report(path, "'" + name + "' identifies the event and stays in the fact table");
        }
        if (!described.add(name)) {
            findings.report(path, "'" + name + "' stands in a dimension already");
        }
        return Optional.of(clean.field(ordinal).type());
    }
}
