package dev.millrace.pipeline.event;

import com.fasterxml.jackson.core.io.NumberInput;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Optional;

/** Reads one field's value from text: a CSV cell, a JSON string or the digits of a JSON number. Thread-safe. */
final class FieldReader {
    private static final int MAX_DIGITS = 38;
    private static final int MAX_NUMBER_LENGTH = 400;
    private static final String NUMBER_CHARACTERS = "0123456789.-+eE";
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ISO_LOCAL_DATE.withResolverStyle(ResolverStyle.STRICT);

    private final Field field;

    FieldReader(Field field) {
        this.field = field;
    }

    /** The value, or null if the text does not say one of the field's type. */
    Object read(String text) {
        return switch (field.type()) {
            case STRING -> Text.isStorable(text) ? text : null;
            case INTEGER -> readInteger(text);
            case DECIMAL -> readDecimal(text);
            case DOUBLE -> readDouble(text);
            case BOOLEAN -> readBoolean(text);
            case TIMESTAMP -> readTimestamp(text);
            case DATE -> readDate(text);
            case JSON -> throw new IllegalStateException("a JSON value is read from its tokens");
        };
    }

    /** What the field's value should have looked like. */
    String expected() {
        if (field.type() == FieldType.JSON) {
            return "JSON without U+0000, half surrogate pairs and numbers of more than 1000 digits";
        }
        if (field.type() != FieldType.TIMESTAMP) {
            return field.type().description();
        }
        List<String> names = field.formats().stream().map(TimestampFormat::name).toList();
        return "a point in time that exists, written as " + String.join(" or ", names);
    }

    private static Long readInteger(String text) {
        if (!isNumber(text)) {
            return null;
        }
        try {
            if (isPlain(text)) {
                return Long.valueOf(text);
            }
            // Writers without whole numbers (Lua, pandas with a missing value) write 5 as 5.0.
            return new BigDecimal(text).longValueExact();
        } catch (NumberFormatException | ArithmeticException notAWholeNumber) {
            return null;
        }
    }

    private static BigDecimal readDecimal(String text) {
        if (!isNumber(text)) {
            return null;
        }
        try {
            BigDecimal number = new BigDecimal(text);
            // Widened first: 1e2147483647 has a scale whose arithmetic would overflow an int.
            long scale = number.scale();
            long digits = Math.max(number.precision() - Math.min(scale, 0), scale);
            if (digits > MAX_DIGITS) {
                return null;
            }
            return scale < 0 ? number.setScale(0) : number;
        } catch (NumberFormatException | ArithmeticException notANumber) {
            return null;
        }
    }

    private static Double readDouble(String text) {
        if (!isNumber(text)) {
            return null;
        }
        try {
            double number = NumberInput.parseDouble(text, true);
            return Double.isFinite(number) ? number : null;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    /**
     * Whether the text has the characters of a number and a length that is cheap to read. Java would also take NaN, the
     * digits of other scripts, hexadecimal, and its own suffixes d and f.
     */
    private static boolean isNumber(String text) {
        if (text.isEmpty() || text.length() > MAX_NUMBER_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (NUMBER_CHARACTERS.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(String text) {
        return text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0;
    }

    private static Boolean readBoolean(String text) {
        if (text.equalsIgnoreCase("true") || text.equals("1")) {
            return Boolean.TRUE;
        }
        if (text.equalsIgnoreCase("false") || text.equals("0")) {
            return Boolean.FALSE;
        }
        return null;
    }

    private Instant readTimestamp(String text) {
        for (TimestampFormat format : field.formats()) {
            Optional<Instant> instant = format.parse(text, field.zone());
            if (instant.isPresent()) {
                return instant.get();
            }
        }
        return null;
    }

    private static LocalDate readDate(String text) {
        try {
            LocalDate date = LocalDate.parse(text, DATE);
            return date.getYear() >= 1 && date.getYear() <= 9999 ? date : null;
        } catch (DateTimeParseException notADate) {
            return null;
        }
    }
}
