package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.declaration.ReferenceDeclaration;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a lookup reads of a reference. Lookups of the same shape share it.
 *
 * @param from where it is
 * @param key the key's column, of the type of the events' field, so that {@code 07} and {@code 7} are one integer
 * @param columns the columns of its rows
 */
public record ReferenceShape(ReferenceDeclaration from, Field key, Schema columns) {
    /** The key and the columns, as they stand together in a file. */
    public Schema whole() {
        List<Field> fields = new ArrayList<>(List.of(key));
        fields.addAll(columns.fields());
        return new Schema(fields);
    }

    /** The key that a text says, as lookups ask for it; nothing if it says none of the key's type. */
    public Optional<String> key(String text) {
        return Optional.ofNullable(key.read(text)).map(Object::toString);
    }
}
