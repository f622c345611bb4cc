package dev.millrace.model.registry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The kinds of models that there are. */
final class ModelKinds {
    private static final Map<String, ModelKind> BY_NAME = new TreeMap<>();

    static {
        List.of(new ScoringKind(), new RecommendingKind(), new GraphKind())
                .forEach(kind -> BY_NAME.put(kind.name(), kind));
    }

    private ModelKinds() {}

    /** The kind of that name. */
    static Optional<ModelKind> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The kind of a described version; that it has one was seen when the description was read. */
    static ModelKind of(ModelDescription description) {
        return named(description.kind()).orElseThrow();
    }

    /** Their names. */
    static String names() {
        return String.join(", ", BY_NAME.keySet());
    }
}
