package dev.millrace.model.recommend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.pipeline.event.EventReader;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The items that a version knows, by their numbers in its graph: their names, what tells of them, and how popular each was.
 * Immutable and thread-safe.
 */
public final class Items {
    /** Under which name a version's file has them. */
    static final String NOTE = "millrace.items";

    /** Histories are seldom longer. */
    private static final int LONGEST = 1000;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Schema schema;
    private final List<Row> rows;
    private final List<String> names;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Popular popular;
    private final float[] faded = new float[LONGEST];
    private final double fading;
    private final int nameField;

    private Items(Schema schema, int nameField, List<Row> rows, List<String> names, Popular popular, double fading) {
        this.schema = schema;
        this.nameField = nameField;
        this.rows = rows;
        this.names = names;
        this.popular = popular;
        this.fading = fading;
        for (int later = 0; later < LONGEST; later++) {
            faded[later] = (float) Math.pow(1.0 + later, -fading);
        }
        for (int item = 0; item < names.size(); item++) {
            if (numbers.put(names.get(item), item) != null) {
                throw new IllegalArgumentException("its items have '" + names.get(item) + "' twice");
            }
        }
    }

    /**
     * Reads what training wrote.
     *
     * @throws IllegalArgumentException if it is of another form
     */
    static Items read(String json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("its items are no JSON: " + e.getOriginalMessage(), e);
        }
        List<Field> fields = new ArrayList<>();
        for (JsonNode field : root.path("fields")) {
            String type = field.path("type").asText().toUpperCase(Locale.ROOT);
            fields.add(Field.canonical(field.path("name").asText(), FieldType.valueOf(type), false));
        }
        Schema schema = new Schema(fields);
        int name = schema.find(root.path("item").asText());
        JsonNode rows = root.path("rows");
        if (name < 0 || rows.isEmpty()) {
            throw new IllegalArgumentException("its items are missing, or a field that names them");
        }
        EventReader reader = new EventReader(schema);
        List<Row> read = new ArrayList<>(rows.size());
        List<String> names = new ArrayList<>(rows.size());
        for (JsonNode row : rows) {
            if (!(reader.read(row.toString().getBytes(StandardCharsets.UTF_8)) instanceof Reading.Read right)
                    || right.row().get(name) == null) {
                throw new IllegalArgumentException("an item can not be read: " + row);
            }
            read.add(right.row());
            names.add(right.row().get(name).toString());
        }
        return new Items(
                schema,
                name,
                read,
                names,
                Popular.of(counts(root, "popular", rows.size()), counts(root, "chosen", rows.size())),
                root.path("fading").asDouble());
    }

    private static int[] counts(JsonNode root, String member, int items) {
        JsonNode counts = root.path(member);
        if (counts.size() != items) {
            throw new IllegalArgumentException(
                    "of its " + items + " items, '" + member + "' is said of " + counts.size());
        }
        return IntStream.range(0, items).map(item -> counts.get(item).asInt()).toArray();
    }

    /** How many there are. */
    public int size() {
        return names.size();
    }

    /** The name of an item. */
    public String name(int item) {
        return names.get(item);
    }

    /** The number of an item; nothing for one that was not there when the version was trained. */
    public OptionalInt find(String name) {
        Integer number = numbers.get(name);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** What tells of the items: its fields are those that a condition can ask for. */
    public Schema schema() {
        return schema;
    }

    /** Which field of {@link #schema} is the item's name. */
    public int nameField() {
        return nameField;
    }

    /** What tells of an item. */
    public Row row(int item) {
        return rows.get(item);
    }

    /** How popular each was when the version was trained. */
    public Popular popular() {
        return popular;
    }

    /** What an item of a history weighs that has so many later ones. */
    float weight(int later) {
        return later < LONGEST ? faded[later] : (float) Math.pow(1.0 + later, -fading);
    }
}
