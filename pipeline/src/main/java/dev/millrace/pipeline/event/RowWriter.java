package dev.millrace.pipeline.event;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * Writes rows of one schema as JSON objects in UTF-8, fields in the schema's order, missing values left out,
 * timestamps in ISO 8601 and UTC, decimals without an exponent. Thread-safe.
 */
public final class RowWriter {
    /** Writes what {@link EventReader#JSON} reads as it was. */
    static final ObjectWriter JSON = JsonMapper.builder()
            // Else an emoji is written as two escapes, twelve bytes for four.
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            // The shortest digits that name the number, as Java itself writes them since version 19, and sooner.
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build()
            .writer();

    private final Schema schema;
    private final SerializedString[] names;

    /** A writer of rows of that schema. */
    public RowWriter(Schema schema) {
        this.schema = schema;
        this.names = schema.names().stream().map(SerializedString::new).toArray(SerializedString[]::new);
    }

    /** The row as a JSON object. */
    public byte[] write(Row row) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(256);
                JsonGenerator generator = JSON.createGenerator(bytes)) {
            generator.writeStartObject();
            for (int ordinal = 0; ordinal < names.length; ordinal++) {
                Object value = row.get(ordinal);
                if (value != null) {
                    generator.writeFieldName(names[ordinal]);
                    writeValue(generator, schema.field(ordinal).type(), value);
                }
            }
            generator.writeEndObject();
            generator.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory can not fail", e);
        }
    }

    private static void writeValue(JsonGenerator generator, FieldType type, Object value) throws IOException {
        switch (type) {
            case STRING -> generator.writeString((String) value);
            case INTEGER -> generator.writeNumber((Long) value);
            case DECIMAL -> generator.writeNumber(((BigDecimal) value).toPlainString());
            case DOUBLE -> generator.writeNumber((Double) value);
            case BOOLEAN -> generator.writeBoolean((Boolean) value);
            case TIMESTAMP -> generator.writeString(IsoUtc.text((Instant) value));
            case DATE -> generator.writeString(value.toString());
            case JSON -> generator.writeTree((JsonNode) value);
        }
    }
}
