package dev.millrace.model.predict;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.feature.Look;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.expression.Nearest;
import dev.millrace.pipeline.transform.Completion;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.service.problem.Problem;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Reads an input of {@code /predict} as the stream reads an event, with the same types, and completes it by the same steps;
 * but only the fields that the model's features come from have to be there. A field that a step would add may be sent as
 * well, and holds then. Immutable but for what it remembers, and thread-safe.
 */
final class InputReader {
    /** So many ways of leaving features out are remembered; people send always the same ones. */
    private static final int REMEMBERED = 64;

    private final Pipeline pipeline;
    private final Transform transform;
    private final List<String> features;
    /** The features, and the field that decides who answers, which nobody has to send. */
    private final List<String> wanted;

    private final Schema readable;
    private final Set<String> added;
    private final Map<Set<String>, Way> ways = new ConcurrentHashMap<>();

    /**
     * How inputs are read that bring the same added fields.
     *
     * @param completion what tells the others
     * @param reader of the event's own fields and the added ones
     */
    private record Way(Completion completion, EventReader reader) {}

    /**
     * A reader of inputs of that pipeline.
     *
     * @param transform the pipeline's, with what its steps need
     */
    InputReader(Pipeline pipeline, Transform transform, ModelDescription model) {
        this.pipeline = pipeline;
        this.transform = transform;
        this.features = model.featureNames();
        this.wanted = model.fields(pipeline);
        Schema event = pipeline.eventReader().schema();
        List<Field> more = transform.cleanSchema().fields().stream()
                .filter(field -> event.find(field.name()) < 0 && !field.name().equals(Transform.QUALITY_FLAGS))
                .map(field -> Field.canonical(field.name(), field.type(), false))
                .toList();
        this.added = new HashSet<>();
        more.forEach(field -> added.add(field.name()));
        this.readable = event.plus(more);
    }

    /** Whether it reads inputs of that very pipeline for such a model. */
    boolean isFor(Pipeline other, Transform with, ModelDescription model) {
        return pipeline == other && transform == with && features.equals(model.featureNames());
    }

    /**
     * The completed input, or nothing if it has mistakes, which are then added to the entries.
     *
     * @param looks what the windows hold, for one input each
     */
    Optional<Completed> read(ObjectNode input, int index, Supplier<Look> looks, List<Problem.Entry> entries) {
        int before = entries.size();
        String where = "/inputs/" + index;
        Set<String> given = new HashSet<>();
        input.fieldNames().forEachRemaining(name -> {
            if (readable.find(name) < 0) {
                String quoted = PredictRequest.quoted(name);
                entries.add(new Problem.Entry(PredictRequest.pointer(where, name), known(quoted), "'" + quoted + "'"));
            } else if (added.contains(name) && !input.path(name).isNull()) {
                given.add(name);
            }
        });
        Way way = way(given);
        Reading reading = way.reader().read(PredictRequest.bytes(input));
        if (reading instanceof Reading.Refused refused) {
            for (Violation violation : refused.violations()) {
                String actual = violation.kind() == Violation.Kind.MISSING ? "nothing" : violation.actual();
                entries.add(new Problem.Entry(place(where, violation), violation.expected(), actual));
            }
            return Optional.empty();
        }
        return entries.size() > before
                ? Optional.empty()
                : Optional.of(complete(((Reading.Read) reading).row(), given, way.completion(), looks.get()));
    }

    private Completed complete(Row read, Set<String> given, Completion completion, Look look) {
        Schema own = pipeline.eventReader().schema();
        Object[] values = new Object[own.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = read.get(i);
        }
        Row event = new Row(own, values);
        Map<String, Object> known = new HashMap<>();
        given.forEach(name -> known.put(name, read.get(name)));
        Row clean = completion.complete(event, Optional.ofNullable(pipeline.time(event)), known, look);
        return new Completed(clean, look.asOf());
    }

    private Way way(Set<String> given) {
        Way way = ways.get(given);
        if (way == null) {
            way = make(given);
            if (ways.size() < REMEMBERED) {
                ways.put(given, way);
            }
        }
        return way;
    }

    private Way make(Set<String> given) {
        Completion completion = transform.completing(wanted, given);
        Completion ofFeatures = transform.completing(features, given);
        Set<String> needed = new HashSet<>(ofFeatures.eventFields());
        if (!ofFeatures.windows().isEmpty()) {
            needed.add(pipeline.declaration().spec().event().time());
        }
        List<Field> fields = readable.fields().stream()
                .map(field -> new Field(
                        field.name(),
                        field.type(),
                        field.required() && needed.contains(field.name()),
                        field.formats(),
                        field.zone()))
                .toList();
        return new Way(completion, new EventReader(new Schema(fields)));
    }

    private static String place(String where, Violation violation) {
        return violation.field().isEmpty() ? where : PredictRequest.pointer(where, violation.field());
    }

    private String known(String name) {
        return Nearest.to(name, readable.names())
                .map(near -> "a declared field; did you mean '" + near + "'?")
                .orElse("a declared field: "
                        + String.join(", ", pipeline.eventReader().schema().names()));
    }
}
