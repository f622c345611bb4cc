package dev.millrace.model.registry;

import java.util.List;
import java.util.Map;

/**
 * Which models there are. Immutable.
 *
 * @param models each model by its name
 * @param mistakes what is wrong with a model, by its name; one that is not among the models is as it was before
 */
record Catalog(Map<String, Entry> models, Map<String, String> mistakes) {
    /** Nothing known. */
    static final Catalog EMPTY = new Catalog(Map.of(), Map.of());

    Catalog {
        models = Map.copyOf(models);
        mistakes = Map.copyOf(mistakes);
    }

    /**
     * One model.
     *
     * @param versions its versions, the oldest first
     * @param aliases the version that each alias stands for
     */
    record Entry(List<String> versions, Map<String, String> aliases) {
        static final Entry NONE = new Entry(List.of(), Map.of());

        Entry {
            versions = List.copyOf(versions);
            aliases = Map.copyOf(aliases);
        }
    }

    /** The model of that name; one without versions if there is none. */
    Entry model(String name) {
        return models.getOrDefault(name, Entry.NONE);
    }
}
