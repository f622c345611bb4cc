package dev.millrace.pipeline.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads an event of one schema from a JSON object in UTF-8. Members that the schema does not name are passed over.
 * Every mistake of a record is reported, not only the first. A number or a boolean may come as a string, as it does
 * from a CSV file; a string field also takes a number's digits. Thread-safe.
 */
public final class EventReader {
    /** Keeps numbers as they are written. */
    static final ObjectReader JSON = JsonMapper.builder()
            .configure(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION.mappedFeature(), false)
            // A number in a JSON field keeps its digits: 0.10 stays 0.10, and 1e400 does not become infinite.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build()
            .reader();

    private final Schema schema;
    private final FieldReader[] readers;

    /** A reader of events of that schema. */
    public EventReader(Schema schema) {
        this.schema = schema;
        this.readers = schema.fields().stream().map(FieldReader::new).toArray(FieldReader[]::new);
    }

    /** The schema of the rows that this reader gives. */
    public Schema schema() {
        return schema;
    }

    /** The row that the bytes hold, or all that is wrong with them. */
    public Reading read(byte[] json) {
        return read(json, 0, json.length);
    }

    /** The row that a slice of the bytes holds, or all that is wrong with it. */
    public Reading read(byte[] json, int offset, int length) {
        if (!Utf8.isValid(json, offset, length) || isUtf16Or32(json, offset, length)) {
            return refused(Violation.malformed("UTF-8 text", "bytes that are not UTF-8"));
        }
        try (JsonParser parser = JSON.createParser(json, offset, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return refused(Violation.malformed("a JSON object", describe(parser)));
            }
            Object[] values = new Object[schema.size()];
            List<Violation> violations = readMembers(parser, values);
            if (parser.nextToken() != null) {
                violations.add(Violation.malformed("one JSON object", "more behind it"));
            }
            return violations.isEmpty() ? new Reading.Read(new Row(schema, values)) : new Reading.Refused(violations);
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at column " + e.getLocation().getColumnNr();
            return refused(Violation.malformed("valid JSON", JsonFault.of(e) + where));
        } catch (NumberFormatException e) {
            // Jackson's own, for a number within JSON whose exponent no BigDecimal can have.
            return refused(Violation.malformed("numbers with an exponent below 2147483647", "a larger one"));
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory can not fail", e);
        }
    }

    /** Jackson would read UTF-16 and UTF-32 too, which it tells by a zero among the first two bytes. */
    private static boolean isUtf16Or32(byte[] json, int offset, int length) {
        return length >= 2 && (json[offset] == 0 || json[offset + 1] == 0);
    }

    private List<Violation> readMembers(JsonParser parser, Object[] values) throws IOException {
        List<Violation> violations = new ArrayList<>(0);
        boolean[] seen = new boolean[values.length];
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            int ordinal = schema.findMember(parser.currentName());
            JsonToken token = parser.nextToken();
            if (ordinal < 0) {
                parser.skipChildren();
                continue;
            }
            Field field = schema.field(ordinal);
            if (seen[ordinal]) {
                violations.add(new Violation(
                        field.name(), Violation.Kind.MALFORMED, "the member once", "it twice in one object"));
            }
            seen[ordinal] = true;
            if (token == JsonToken.VALUE_NULL) {
                continue;
            }
            Object value = readValue(parser, token, ordinal);
            if (value == null) {
                violations.add(new Violation(
                        field.name(), Violation.Kind.WRONG_TYPE, readers[ordinal].expected(), describe(parser)));
                parser.skipChildren();
            }
            values[ordinal] = value;
        }
        addMissing(values, violations);
        return violations;
    }

    private Object readValue(JsonParser parser, JsonToken token, int ordinal) throws IOException {
        FieldType type = schema.field(ordinal).type();
        if (type == FieldType.JSON) {
            JsonNode tree = JSON.readTree(parser);
            return JsonValue.isStorable(tree) ? tree : null;
        }
        return switch (token) {
            case VALUE_STRING -> readText(parser.getText(), ordinal);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                type == FieldType.BOOLEAN || type == FieldType.DATE ? null : readers[ordinal].read(parser.getText());
            case VALUE_TRUE -> type == FieldType.BOOLEAN ? Boolean.TRUE : null;
            case VALUE_FALSE -> type == FieldType.BOOLEAN ? Boolean.FALSE : null;
            default -> null;
        };
    }

    private Object readText(String text, int ordinal) {
        FieldType type = schema.field(ordinal).type();
        return readers[ordinal].read(type == FieldType.STRING ? text : text.strip());
    }

    private void addMissing(Object[] values, List<Violation> violations) {
        for (int ordinal = 0; ordinal < values.length; ordinal++) {
            Field field = schema.field(ordinal);
            if (values[ordinal] == null && field.required() && isUnmentioned(field, violations)) {
                String member = field.from().equals(field.name()) ? "" : " in '" + field.from() + "'";
                violations.add(
                        new Violation(field.name(), Violation.Kind.MISSING, readers[ordinal].expected() + member, ""));
            }
        }
    }

    private static boolean isUnmentioned(Field field, List<Violation> violations) {
        return violations.stream().noneMatch(violation -> violation.field().equals(field.name()));
    }

    private static String describe(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT, END_OBJECT -> "an object";
            case START_ARRAY, END_ARRAY -> "an array";
            case VALUE_STRING -> "the text '" + parser.getText() + "'";
            default -> parser.getText();
        };
    }

    private static Reading refused(Violation violation) {
        return new Reading.Refused(List.of(violation));
    }
}
