package dev.millrace.pipeline.declaration;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The kinds of a sealed interface by the keys that name them in a declaration. */
final class Variants {
    private Variants() {}

    /** The permitted records by their names in lower case, in the order in which they are declared. */
    static Map<String, Class<?>> of(Class<?> sealed) {
        Map<String, Class<?>> variants = new LinkedHashMap<>();
        for (Class<?> variant : sealed.getPermittedSubclasses()) {
            variants.put(variant.getSimpleName().toLowerCase(Locale.ROOT), variant);
        }
        return variants;
    }
}
