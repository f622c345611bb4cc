package dev.millrace.model.predict;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.expression.Nearest;
import dev.millrace.service.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads an input of {@code /predict} as the stream reads an event, with the same types and derived fields; but only the
 * fields that the model's features come from have to be there. Immutable and thread-safe.
 */
final class InputReader {
    private final Pipeline pipeline;
    private final EventReader reader;

    InputReader(Pipeline pipeline, ModelDescription model) {
        this.pipeline = pipeline;
        Set<String> needed = pipeline.transform().eventFieldsFor(model.featureNames());
        List<Field> fields = pipeline.eventReader().schema().fields().stream()
                .map(field -> new Field(
                        field.name(),
                        field.type(),
                        field.required() && needed.contains(field.name()),
                        field.formats(),
                        field.zone()))
                .toList();
        this.reader = new EventReader(new Schema(fields));
    }

    /** The clean row of the input, or nothing if it has mistakes, which are then added to the entries. */
    Optional<Row> read(ObjectNode input, int index, List<Problem.Entry> entries) {
        int before = entries.size();
        String where = "/inputs/" + index;
        input.fieldNames().forEachRemaining(name -> {
            if (reader.schema().find(name) < 0) {
                String quoted = PredictRequest.quoted(name);
                entries.add(new Problem.Entry(PredictRequest.pointer(where, name), known(quoted), "'" + quoted + "'"));
            }
        });
        Reading reading = reader.read(PredictRequest.bytes(input));
        if (reading instanceof Reading.Refused refused) {
            for (Violation violation : refused.violations()) {
                String actual = violation.kind() == Violation.Kind.MISSING ? "nothing" : violation.actual();
                entries.add(new Problem.Entry(place(where, violation), violation.expected(), actual));
            }
            return Optional.empty();
        }
        return entries.size() > before
                ? Optional.empty()
                : Optional.of(pipeline.transform().derive(((Reading.Read) reading).row()));
    }

    private static String place(String where, Violation violation) {
        return violation.field().isEmpty() ? where : PredictRequest.pointer(where, violation.field());
    }

    private String known(String name) {
        List<String> names = new ArrayList<>(reader.schema().names());
        return Nearest.to(name, names)
                .map(near -> "a declared field; did you mean '" + near + "'?")
                .orElse("a declared field: " + String.join(", ", names));
    }
}
