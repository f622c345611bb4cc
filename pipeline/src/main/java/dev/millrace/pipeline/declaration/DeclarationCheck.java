package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.declaration.EventDeclaration.FieldDeclaration;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.TimestampFormat;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.ExpressionMistake;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import dev.millrace.pipeline.expression.Nearest;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

    private static final Pattern NAME = Pattern.compile(EventDeclaration.FIELD_NAME);
    private static final Pattern TABLE = Pattern.compile(SinkDeclaration.TABLE_NAME);

    private final List<Finding> findings = new ArrayList<>();
    private final PipelineDeclaration.Spec spec;

    private DeclarationCheck(PipelineDeclaration.Spec spec) {
        this.spec = spec;
    }

    /** Everything that is wrong with a declaration whose shape is right. */
    static List<Finding> check(PipelineDeclaration declaration) {
        DeclarationCheck check = new DeclarationCheck(declaration.spec());
        check.checkFields();
        check.checkRoles();
        check.checkSources();
        check.checkLabels();
        // Expressions and sinks are read against the fields: a broken field would only be reported again and again.
        if (check.findings.isEmpty()) {
            Schema event = schema(declaration.spec().event());
            check.checkQuality(event);
            Schema clean = new StepCheck(declaration.spec(), check.findings).check(event);
            if (check.findings.isEmpty()) {
                // It looks for a window, whose own mistakes are known then.
                check.checkRecommend(clean);
            }
            check.checkReasons(clean);
            check.checkTraining(clean);
            check.checkModel(clean);
            check.checkSinks(clean);
        }
        return check.findings;
    }

    private void checkReasons(Schema clean) {
        spec.model()
                .ifPresent(model -> model.reasons().keySet().stream()
                        .filter(name -> clean.find(name) < 0)
                        .forEach(name -> report(
                                "spec.model.reasons." + name,
                                Nearest.to(name, clean.names()),
                                "no field '" + name + "', declared or derived")));
    }

    private static Schema schema(EventDeclaration event) {
        return new Schema(event.fields().entrySet().stream()
                .map(field -> Field.canonical(
                        field.getKey(),
                        field.getValue().type(),
                        field.getValue().required()))
                .toList());
    }

    private void checkFields() {
        Map<String, FieldDeclaration> fields = spec.event().fields();
        if (fields.isEmpty()) {
            report("spec.event.fields", "expected at least one field");
        }
        fields.forEach((name, field) -> {
            String path = "spec.event.fields." + name;
            checkName(path, name);
            checkFormats(path, field);
        });
    }

    private void checkName(String path, String name) {
        if (!NAME.matcher(name).matches()) {
            report(
                    path,
                    "a field's name is a lower case letter and then letters, digits and underscores, at most 59"
                            + " in all; got '" + name + "'");
        } else if (RESERVED.contains(name)) {
            report(path, "'" + name + "' is a name that Millrace gives to a column of its own; choose another");
        }
    }

    private void checkFormats(String path, FieldDeclaration field) {
        if (field.type() != FieldType.TIMESTAMP) {
            if (!field.formats().isEmpty()) {
                report(
                        path + ".formats",
                        "only a timestamp has formats, and this is a "
                                + field.type().declaredName());
            }
            if (field.zone().isPresent()) {
                report(
                        path + ".zone",
                        "only a timestamp has a zone, and this is a "
                                + field.type().declaredName());
            }
            return;
        }
        for (int i = 0; i < field.formats().size(); i++) {
            try {
                TimestampFormat.of(field.formats().get(i));
            } catch (IllegalArgumentException e) {
                report(
                        path + ".formats[" + i + "]",
                        "expected iso, epoch_seconds, epoch_millis or a pattern such as yyyy-MM-dd HH:mm:ss: "
                                + e.getMessage());
            }
        }
        field.zone().ifPresent(zone -> {
            try {
                ZoneId.of(zone);
            } catch (DateTimeException e) {
                report(
                        path + ".zone",
                        Nearest.to(zone, ZoneId.getAvailableZoneIds()),
                        "expected a time zone such as Europe/Brussels, got '" + zone + "'");
            }
        });
    }

    private void checkRoles() {
        EventDeclaration event = spec.event();
        event.id().ifPresent(name -> checkRole("spec.event.id", name).ifPresent(this::checkId));
        event.key().ifPresent(name -> checkRole("spec.event.key", name));
        checkRole("spec.event.time", event.time()).ifPresent(field -> {
            if (field.type() != FieldType.TIMESTAMP || !field.required()) {
                report(
                        "spec.event.time",
                        "expected a field of type timestamp with required: true, and '"
                                + event.time() + "' is " + (field.required() ? "a required " : "an optional ")
                                + field.type().declaredName());
            }
        });
    }

    private void checkId(FieldDeclaration field) {
        boolean fits = field.type() == FieldType.STRING || field.type() == FieldType.INTEGER && field.required();
        if (!fits) {
            report(
                    "spec.event.id",
                    "expected a field of type string, or a required one of type integer, and this is "
                            + (field.required() ? "a required " : "an optional ")
                            + field.type().declaredName());
        }
    }

    private Optional<FieldDeclaration> checkRole(String path, String name) {
        FieldDeclaration field = spec.event().fields().get(name);
        if (field == null) {
            report(path, Nearest.to(name, spec.event().fields().keySet()), "no field '" + name + "' in event.fields");
        }
        return Optional.ofNullable(field);
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
            report(
                    path + ".path",
                    "expected a path below the data folder, with / between folders, got '" + file.path() + "'");
        }
        if (file.format().isEmpty()
                && SourceDeclaration.FileFormat.ofName(file.path()).isEmpty()) {
            report(
                    path + ".path",
                    "the ending does not say how the file is written; add format: csv or format: ndjson");
        }
        file.labels()
                .filter(name -> !spec.labels().containsKey(name))
                .ifPresent(name -> report(
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
            report("spec.labels", "labels name an event by its id: declare event.id");
        }
    }

    private void checkQuality(Schema event) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < spec.quality().size(); i++) {
            QualityRule rule = spec.quality().get(i);
            String path = "spec.quality[" + i + "]";
            if (!names.add(rule.name())) {
                report(path + ".name", "another check is called '" + rule.name() + "'");
            }
            compile(path + ".check", rule.check(), event).ifPresent(expression -> {
                if (expression.type() != FieldType.BOOLEAN) {
                    report(
                            path + ".check",
                            "expected an expression that is true or false, and this is a "
                                    + expression.type().declaredName());
                }
            });
        }
    }

    private Optional<Expression> compile(String path, String text, Schema schema) {
        try {
            return Optional.of(Expression.compile(text, schema));
        } catch (InvalidExpressionException e) {
            for (ExpressionMistake mistake : e.mistakes()) {
                findings.add(new Finding(path, mistake.column(), mistake.message(), mistake.suggestion()));
            }
            return Optional.empty();
        }
    }

    private void checkTraining(Schema clean) {
        spec.model().flatMap(ModelReference::training).ifPresent(training -> {
            String path = "spec.model.training";
            training.labels()
                    .filter(name -> !spec.labels().containsKey(name))
                    .ifPresent(name -> report(
                            path + ".labels",
                            Nearest.to(name, spec.labels().keySet()),
                            "no labels '" + name + "' in spec.labels"));
            boolean recommends = !spec.model().orElseThrow().scores();
            training.gates().keySet().stream()
                    .filter(measure -> measure.matches(TrainingDeclaration.OF_RECOMMENDERS) != recommends)
                    .forEach(measure -> report(
                            path + ".gates." + measure,
                            recommends
                                    ? "a model that recommends is measured by recall_at_20, ndcg_at_100, coverage and"
                                            + " novelty"
                                    : "only a model that recommends is measured by it"));
            if (!recommends && training.labels().isEmpty() && spec.labels().size() != 1) {
                report(
                        path,
                        "say which labels to learn; spec.labels has "
                                + spec.labels().keySet());
            }
            for (int i = 0; i < training.features().size(); i++) {
                checkNumber(path + ".features[" + i + "]", training.features().get(i), clean);
            }
            training.stake().ifPresent(name -> checkNumber(path + ".stake", name, clean));
            training.gates().forEach((measure, gate) -> {
                if (!gate.matches(TrainingDeclaration.GATE) || gate.contains("popularity") && !recommends) {
                    report(
                            path + ".gates." + measure,
                            "expected >= or <= and champion or a number, such as \">= champion\", got '" + gate + "'");
                }
            });
        });
    }

    private void checkRecommend(Schema clean) {
        Optional<ModelReference> model = spec.model().filter(declared -> !declared.scores());
        if (model.isEmpty()) {
            return;
        }
        RecommendDeclaration recommend = model.get().recommend().orElseThrow();
        String path = "spec.model.recommend";
        if (clean.find(recommend.history()) < 0) {
            report(
                    path + ".history",
                    Nearest.to(recommend.history(), clean.names()),
                    "no field '" + recommend.history() + "', declared or derived");
        } else if (RecentHistory.of(spec, recommend.history()).isEmpty()) {
            report(
                    path + ".history",
                    "expected a feature of a window that is recent of a field, such as { history: \"recent(item_id, 50)\" }");
        }
        RecentHistory.of(spec, recommend.history())
                .map(RecentHistory::user)
                .filter(user -> !spec.event().fields().containsKey(user))
                .ifPresent(user -> report(
                        path + ".history",
                        "expected a window by a field of the event, since that is what a request names a user by; '"
                                + user + "' is derived"));
        for (int i = 0; i < recommend.attributes().size(); i++) {
            String name = recommend.attributes().get(i);
            if (clean.find(name) < 0) {
                report(
                        path + ".attributes[" + i + "]",
                        Nearest.to(name, clean.names()),
                        "no field '" + name + "', declared or derived");
            }
        }
        checkOnlyScores("reasons", !model.get().reasons().isEmpty());
        checkOnlyScores("fallback.score", model.get().fallback().orElse(null) instanceof FallbackDeclaration.Score);
        model.get().training().ifPresent(training -> {
            checkOnlyScores("training.labels", training.labels().isPresent());
            checkOnlyScores("training.features", !training.features().isEmpty());
            checkOnlyScores("training.kinds", !training.kinds().isEmpty());
            checkOnlyScores("training.on_drift", training.on_drift().isPresent());
            checkOnlyScores("training.delay", training.delay().isPresent());
            checkOnlyScores("training.stake", training.stake().isPresent());
            checkOnlyScores("training.alarm", training.alarm().isPresent());
            checkOnlyScores("training.positive", training.positive().isPresent());
            checkOnlyScores("training.negative", training.negative().isPresent());
        });
    }

    private void checkOnlyScores(String what, boolean there) {
        if (there) {
            report("spec.model." + what, "a model that recommends has none: leave it out");
        }
    }

    private void checkNumber(String path, String name, Schema clean) {
        int ordinal = clean.find(name);
        if (ordinal < 0) {
            report(path, Nearest.to(name, clean.names()), "no field '" + name + "', declared or derived");
            return;
        }
        FieldType type = clean.field(ordinal).type();
        if (type == FieldType.STRING || type == FieldType.JSON) {
            report(path, "expected a number, or true or false, and '" + name + "' is a " + type.declaredName());
        }
    }

    private void checkModel(Schema clean) {
        if (spec.model().isEmpty()) {
            return;
        }
        ModelReference model = spec.model().get();
        String path = "spec.model.canary";
        model.canary().ifPresent(canary -> {
            if (canary.percent() < 0 || canary.percent() > 100) {
                report(path + ".percent", "expected a share from 0 to 100, got " + canary.percent());
            }
            checkOther(path + ".alias", canary.alias(), model);
            canary.by()
                    .filter(field -> clean.find(field) < 0)
                    .ifPresent(field -> report(
                            path + ".by",
                            Nearest.to(field, clean.names()),
                            "no field '" + field + "', declared or derived"));
            if (canary.by().isEmpty() && spec.event().key().isEmpty()) {
                report(path, "without event.key a canary needs by: the field whose value decides");
            }
        });
        model.shadow().ifPresent(shadow -> checkOther("spec.model.shadow.alias", shadow.alias(), model));
        if (model.fallback().orElse(null) instanceof FallbackDeclaration.Alias fallback) {
            checkOther("spec.model.fallback.alias", fallback.alias(), model);
        }
    }

    private void checkOther(String path, String alias, ModelReference model) {
        if (alias.equals(model.effectiveAlias())) {
            report(path, "expected another alias than the model's own, '" + alias + "'");
        }
    }

    private void checkSinks(Schema clean) {
        boolean seen = false;
        for (int i = 0; i < spec.sinks().size(); i++) {
            String path = "spec.sinks[" + i + "].postgres";
            if (seen) {
                report(path, "one postgres sink is enough; a pipeline has one star schema");
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
                report(
                        below,
                        "a table's name is lower case letters, digits and underscores, at most 50; got '" + table
                                + "'");
            }
            if (table.equals(sink.fact().table())) {
                report(below, "the fact table has this name already");
            }
            checkColumn(below + ".key", dimension.key(), clean, described).ifPresent(type -> {
                if (type != FieldType.STRING && type != FieldType.INTEGER) {
                    report(
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
            report(path, Nearest.to(name, clean.names()), "no field '" + name + "', declared or derived");
            return Optional.empty();
        }
        EventDeclaration event = spec.event();
        if (name.equals(event.time()) || event.id().filter(name::equals).isPresent()) {
            report(path, "'" + name + "' identifies the event and stays in the fact table");
        }
        if (!described.add(name)) {
            report(path, "'" + name + "' stands in a dimension already");
        }
        return Optional.of(clean.field(ordinal).type());
    }

    private void report(String path, String message) {
        findings.add(Finding.at(path, message));
    }

    private void report(String path, Optional<String> suggestion, String message) {
        findings.add(new Finding(path, 0, message, suggestion));
    }
}
