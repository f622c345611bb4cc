package dev.millrace.transform.command;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.declaration.StepDeclaration;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.transform.KeyedStep;
import dev.millrace.pipeline.transform.WindowStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** A pipeline with its steps as their author wrote them. Immutable. */
record Declared(Pipeline pipeline) {
    /**
     * The pipeline that the file declares.
     *
     * @throws InvalidDeclarationException with all of the file's mistakes
     */
    static Declared in(Path file) throws IOException, InvalidDeclarationException {
        return new Declared(Pipeline.of(DeclarationReader.read(file.toString(), Files.readString(file))));
    }

    List<StepDeclaration> steps() {
        return pipeline.declaration().spec().transform();
    }

    /** The name of the step at that place: with a key its own, else its kind. */
    String name(int place) {
        return isKeyed(place)
                ? keyed(place).name()
                : steps().get(place).getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    boolean isKeyed(int place) {
        return pipeline.transform().keyedSteps().contains(place);
    }

    KeyedStep keyed(int place) {
        return pipeline.transform().keyedStep(place);
    }

    /** The fields that come to the step at that place; behind the last, those that leave it. */
    Schema schemaAt(int place) {
        return pipeline.transform().schemaAt(place);
    }

    /** The labels that windows count. */
    Set<String> countedLabels() {
        Set<String> names = new TreeSet<>();
        for (int place : pipeline.transform().keyedSteps()) {
            if (keyed(place) instanceof WindowStep window) {
                window.labels().ifPresent(names::add);
            }
        }
        return names;
    }

    /** The fields that leave the step under names that did not come to it. */
    List<String> added(int place) {
        Schema before = schemaAt(place);
        return schemaAt(place + 1).names().stream()
                .filter(name -> before.find(name) < 0)
                .toList();
    }

    /** The fields that do not leave the step under their names. */
    List<String> dropped(int place) {
        Schema after = schemaAt(place + 1);
        return schemaAt(place).names().stream()
                .filter(name -> after.find(name) < 0)
                .toList();
    }
}
