package dev.millrace.pipeline.event;

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
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ISO_LOCAL_DATE.withResolverStyle(ResolverStyle.STRICT);

    private final Field field;

    FieldReader(Field field) {
        this.field = field;
    }

    /** The value, or null if the text does not say one of the field's type. */
    Object read(String text) {
        return switch (field.type()) {
            case STRING -> readString(text);
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
        if (field.type() != FieldType.TIMESTAMP) {
            return field.type().description();
        }
        List<String> names = field.formats().stream().map(TimestampFormat::name).toList();
        return "a point in time that exists, written as " + String.join(" or ", names);
    }

    private static String readString(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return null;
            }
            if (Character.isSurrogate(c)) {
                boolean paired = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!paired) {
                    return null;
                }
                i++;
            }
        }
        return text;
    }

    private static Long readInteger(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException notAWholeNumber) {
            return null;
        }
    }

    private static BigDecimal readDecimal(String text) {
        if (text.length() > MAX_NUMBER_LENGTH) {
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
        if (text.isEmpty() || text.length() > MAX_NUMBER_LENGTH) {
            return null;
        }
        char last = text.charAt(text.length() - 1);
        if (last != '.' && (last < '0' || last > '9')) {
            // Double.valueOf would take NaN, Infinity and Java's own suffixes d and f.
            return null;
        }
        try {
            double number = Double.parseDouble(text);
            return Double.isFinite(number) ? number : null;
        } catch (NumberFormatException notANumber) {
            return null;
        }
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
