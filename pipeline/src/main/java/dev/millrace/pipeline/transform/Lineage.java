package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Schema;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which fields a field comes from. Stateless. */
final class Lineage {
    private Lineage() {}

    /** The fields that have to come to a step for these to leave it. */
    static Set<String> before(Step step, Set<String> after) {
        Set<String> needed = new LinkedHashSet<>(after);
        if (step instanceof DeriveStep derive) {
            List<Field> fields = derive.output().fields();
            for (int i = fields.size() - 1; i >= derive.input().size(); i--) {
                if (needed.remove(fields.get(i).name())) {
                    needed.addAll(
                            derive.expressions().get(i - derive.input().size()).fields());
                }
            }
        } else if (step instanceof WindowStep window) {
            if (needed.removeAll(
                    window.plan().features().stream().map(Field::name).toList())) {
                needed.add(window.field());
                needed.addAll(window.plan().fieldsFor(after));
            }
        } else if (step instanceof LookupStep lookup) {
            if (needed.removeAll(lookup.added())) {
                needed.add(lookup.by());
            }
        } else if (step instanceof ProjectStep project) {
            // Names of what came are only known to the step before.
            return project.namesBefore(needed);
        }
        return needed;
    }

    /** Whether one of these fields has another value, or is another's, behind the step. */
    static boolean changes(Step step, Set<String> fields) {
        if (step instanceof ProjectStep project) {
            return fields.stream()
                    .anyMatch(field -> project.output().find(field) < 0
                            || !project.namesBefore(Set.of(field)).contains(field));
        } else if (step instanceof CastStep cast) {
            return isAmong(fields, cast.output(), cast.ordinals());
        } else if (step instanceof TokenizeStep tokenize) {
            return isAmong(fields, tokenize.output(), tokenize.ordinals());
        }
        return false;
    }

    /** The fields that a step adds to those that come. */
    static List<String> added(Step step) {
        if (step instanceof DeriveStep derive) {
            return derive.output()
                    .names()
                    .subList(derive.input().size(), derive.output().size());
        } else if (step instanceof WindowStep window) {
            return window.plan().features().stream().map(Field::name).toList();
        }
        return step instanceof LookupStep lookup ? lookup.added() : List.of();
    }

    private static boolean isAmong(Set<String> fields, Schema schema, int[] ordinals) {
        return Arrays.stream(ordinals)
                .anyMatch(ordinal -> fields.contains(schema.field(ordinal).name()));
    }
}
