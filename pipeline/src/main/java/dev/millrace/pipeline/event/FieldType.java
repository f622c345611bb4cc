package dev.millrace.pipeline.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;

/** The types a field can have, and the Java class that holds a value of each in a {@link Row}. */
public enum FieldType {
    /** Text without U+0000 and without unpaired surrogates, so that every sink can hold it. */
    STRING(String.class, "text"),
    /** A whole number of 64 bits. */
    INTEGER(Long.class, "a whole number such as 42"),
    /** An exact number of at most 38 digits. */
    DECIMAL(BigDecimal.class, "a decimal number such as 12.50"),
    /** An IEEE 754 number of 64 bits; never NaN or infinite. */
    DOUBLE(Double.class, "a finite number such as 0.25"),
    /** True or false. */
    BOOLEAN(Boolean.class, "true or false"),
    /** A point in time, years 0001 to 9999. */
    TIMESTAMP(Instant.class, "a point in time"),
    /** A calendar day, years 0001 to 9999. */
    DATE(LocalDate.class, "a date such as 2026-03-31"),
    /** Any JSON value, kept as it is. */
    JSON(JsonNode.class, "any JSON value");

    private final Class<?> javaType;
    private final String description;

    FieldType(Class<?> javaType, String description) {
        this.javaType = javaType;
        this.description = description;
    }

    /** The class of a value of this type in a {@link Row}. */
    public Class<?> javaType() {
        return javaType;
    }

    /** What a value of this type looks like, for messages: "a whole number such as 42". */
    public String description() {
        return description;
    }

    /** The name in a declaration: lower case. */
    public String declaredName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
