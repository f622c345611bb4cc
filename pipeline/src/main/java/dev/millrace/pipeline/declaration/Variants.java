package dev.millrace.pipeline.declaration;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The kinds of a sealed interface by the keys that name them in a declaration. */
final class Variants {
    private Variants() {}

    /** The permitted records by their names in lower case, sorted, since compilers keep no order. */
    static Map<String, Class<?>> of(Class<?> sealed) {
        Map<String, Class<?>> variants = new TreeMap<>();
        for (Class<?> variant : sealed.getPermittedSubclasses()) {
            variants.put(variant.getSimpleName().toLowerCase(Locale.ROOT), variant);
        }
        return variants;
    }
}
