package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Schema;
import java.util.HashMap;
import java.util.Map;

/** What a lookup can still get wrong. */
final class LookupCheck {
    private final String path;
    private final StepDeclaration.Lookup lookup;
    private final StepCheck steps;

    /** A check of the lookup at that path, which reports what it finds as one of those steps. */
    LookupCheck(String path, StepDeclaration.Lookup lookup, StepCheck steps) {
        this.path = path;
        this.lookup = lookup;
        this.steps = steps;
    }

    /** The fields behind the lookup. */
    Schema check(Schema schema) {
        checkPlace();
        checkBy(schema);
        if (lookup.add().isEmpty()) {
            steps.report(path + ".add", "expected at least one field, for example { city: { type: string } }");
        }
        checkColumns();
        Schema after = schema;
        for (Map.Entry<String, StepDeclaration.LookedUp> added : lookup.add().entrySet()) {
            after = steps.plus(
                    path + ".add." + added.getKey(),
                    added.getKey(),
                    added.getValue().type(),
                    after);
        }
        return after;
    }

    private void checkPlace() {
        if (lookup.from() instanceof ReferenceDeclaration.File file) {
            if (DeclarationCheck.leavesFolder(file.path())) {
                steps.report(
                        path + ".from.file",
                        "expected a path below the folder of the references, with / between folders, got '"
                                + file.path() + "'");
            }
            if (SourceDeclaration.FileFormat.ofName(file.path()).isEmpty()) {
                steps.report(
                        path + ".from.file",
                        "the ending says how the file is written: expected .csv, .ndjson or .jsonl, perhaps with .gz"
                                + " behind it, got '" + file.path() + "'");
            }
        } else if (lookup.key().isPresent()) {
            steps.report(path + ".key", "a topic's rows are found by their records' own keys; take this away");
        }
    }

    private void checkBy(Schema schema) {
        if (!steps.find(path + ".by", lookup.by(), schema)) {
            return;
        }
        FieldType type = schema.field(schema.ordinal(lookup.by())).type();
        if (type != FieldType.STRING && type != FieldType.INTEGER) {
            steps.report(
                    path + ".by",
                    "expected a string or an integer, and '" + lookup.by() + "' is a " + type.declaredName());
        }
    }

    private void checkColumns() {
        Map<String, String> taken = new HashMap<>();
        taken.put(lookup.key().orElse(lookup.by()), "");
        lookup.add().forEach((name, added) -> {
            String column = added.from().orElse(name);
            String other = taken.putIfAbsent(column, name);
            if (other != null) {
                steps.report(
                        path + ".add." + name,
                        other.isEmpty()
                                ? "'" + column + "' is the key, which the event has in '" + lookup.by() + "' already"
                                : "'" + column + "' is taken for '" + other + "' already");
            }
        });
    }
}
