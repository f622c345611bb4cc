package dev.millrace.training.sample;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.EventDeclaration;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which of a pipeline's clean fields a model may learn from. */
public final class FeatureNames {
    private static final Set<FieldType> NO_NUMBERS = Set.of(FieldType.STRING, FieldType.JSON);

    private FeatureNames() {}

    /**
     * All clean fields that are numbers, or true or false, but the event's id, its key and its times: those tell events
     * apart, and a model that learns them learns nothing of the next one.
     */
    public static List<String> of(Pipeline pipeline) {
        EventDeclaration event = pipeline.declaration().spec().event();
        Set<String> identifying = new HashSet<>(Set.of(event.time()));
        event.id().ifPresent(identifying::add);
        event.key().ifPresent(identifying::add);
        return pipeline.transform().cleanSchema().fields().stream()
                .filter(field -> !NO_NUMBERS.contains(field.type())
                        && field.type() != FieldType.TIMESTAMP
                        && field.type() != FieldType.DATE)
                .map(Field::name)
                .filter(name -> !identifying.contains(name))
                .toList();
    }
}
