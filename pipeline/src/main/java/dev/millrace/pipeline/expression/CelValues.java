package dev.millrace.pipeline.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.NullValue;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What CEL sees of a row's values: it knows whole numbers of 64 bits, doubles and timestamps only. */
final class CelValues {
    private CelValues() {}

    static Object of(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal.doubleValue();
        }
        if (value instanceof LocalDate date) {
            return date.atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        return value instanceof JsonNode json ? ofJson(json) : value;
    }

    private static Object ofJson(JsonNode json) {
        return switch (json.getNodeType()) {
            case OBJECT -> members(json);
            case ARRAY -> items(json);
            case STRING -> json.textValue();
            case BOOLEAN -> json.booleanValue();
            // A whole number beyond 64 bits is at least near as a double.
            case NUMBER ->
                json.isIntegralNumber() && json.canConvertToLong()
                        ? (Object) json.longValue()
                        : (Object) json.doubleValue();
            default -> NullValue.NULL_VALUE;
        };
    }

    private static Map<String, Object> members(JsonNode json) {
        Map<String, Object> members = new LinkedHashMap<>();
        json.properties().forEach(member -> members.put(member.getKey(), ofJson(member.getValue())));
        return members;
    }

    private static List<Object> items(JsonNode json) {
        List<Object> items = new ArrayList<>(json.size());
        json.forEach(item -> items.add(ofJson(item)));
        return items;
    }
}
