package dev.millrace.pipeline.event;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The fields of a {@link Row} in order; a value is found by its field's ordinal. Immutable and thread-safe. */
public final class Schema {
    private final List<Field> fields;
    private final Map<String, Integer> ordinals;
    private final Map<String, Integer> members;

    /** @throws IllegalArgumentException if two fields share a name */
    public Schema(List<Field> fields) {
        this.fields = List.copyOf(fields);
        this.ordinals = new HashMap<>();
        this.members = new HashMap<>();
        for (int ordinal = 0; ordinal < fields.size(); ordinal++) {
            String name = fields.get(ordinal).name();
            if (ordinals.put(name, ordinal) != null) {
                throw new IllegalArgumentException("field '" + name + "' is declared twice");
            }
            members.putIfAbsent(fields.get(ordinal).from(), ordinal);
        }
    }

    /** The fields in order. */
    public List<Field> fields() {
        return fields;
    }

    /** How many fields a row has. */
    public int size() {
        return fields.size();
    }

    /** The field at that ordinal. */
    public Field field(int ordinal) {
        return fields.get(ordinal);
    }

    /** The ordinal of the field of that name, or -1 if there is none. */
    public int find(String name) {
        Integer ordinal = ordinals.get(name);
        return ordinal == null ? -1 : ordinal;
    }

    /** The ordinal of the first field that the event calls by that name, or -1 if there is none. */
    public int findMember(String from) {
        Integer ordinal = members.get(from);
        return ordinal == null ? -1 : ordinal;
    }

    /**
     * The ordinal of the field of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public int ordinal(String name) {
        int ordinal = find(name);
        if (ordinal < 0) {
            throw new IllegalArgumentException("no field '" + name + "' among " + names());
        }
        return ordinal;
    }

    /** The fields' names in order. */
    public List<String> names() {
        return fields.stream().map(Field::name).collect(Collectors.toUnmodifiableList());
    }

    /** This schema with more fields behind its own; the ordinals of its own stay. */
    public Schema plus(List<Field> more) {
        List<Field> all = new ArrayList<>(fields);
        all.addAll(more);
        return new Schema(all);
    }

    /** This schema as Millrace writes it between stages: every timestamp in ISO 8601, in UTC. */
    public Schema canonical() {
        return new Schema(fields.stream().map(Field::canonical).toList());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Schema that && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    @Override
    public String toString() {
        return fields.stream()
                .map(field -> field.name() + " " + field.type().declaredName())
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
