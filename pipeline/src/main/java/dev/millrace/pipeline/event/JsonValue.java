package dev.millrace.pipeline.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;

/** Which JSON values can be stored: PostgreSQL's jsonb holds neither U+0000 nor half a surrogate pair. */
final class JsonValue {
    /** Far below what jsonb takes, far above what anyone measures. */
    private static final int MAX_DIGITS = 1000;

    private JsonValue() {}

    /** Whether every text, member name and number in the value can be stored. The reader has bounded its depth. */
    static boolean isStorable(JsonNode value) {
        if (value.isTextual()) {
            return Text.isStorable(value.textValue());
        }
        if (value.isBigDecimal()) {
            return hasFewDigits(value.decimalValue());
        }
        if (value.isObject()) {
            return value.properties().stream()
                    .allMatch(member -> Text.isStorable(member.getKey()) && isStorable(member.getValue()));
        }
        for (JsonNode item : value) {
            if (!isStorable(item)) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasFewDigits(BigDecimal number) {
        // Widened first: 1e2147483647 has a scale whose arithmetic would overflow an int.
        long scale = number.scale();
        return Math.max(number.precision() - Math.min(scale, 0), scale) <= MAX_DIGITS;
    }
}
