package dev.millrace.load.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The first 64 bits of a SHA-256 over the values that an event came with: two events of one id with the same hash are the
 * same event. Values that are equal hash alike however they were written (1.50 and 1.5, members of a JSON object in any
 * order), and neither fields added to the declaration nor their order matter. Derived fields and scores do not count:
 * they follow from the event and from the declaration of the day. Confined to one thread.
 */
final class ContentHash {
    private final int[] ordinals;
    private final Schema schema;
    private final byte[][] names;
    private final MessageDigest digest = sha256();
    private final byte[] scratch = new byte[Long.BYTES];

    /**
     * @param event the fields of an event as it comes in
     * @param record the fields of the records that are hashed, which begin with the event's
     */
    ContentHash(Schema event, Schema record) {
        this.schema = record;
        this.ordinals = IntStream.range(0, event.size())
                .boxed()
                .sorted(Comparator.comparing(ordinal -> event.field(ordinal).name()))
                .mapToInt(Integer::intValue)
                .toArray();
        this.names = event.fields().stream()
                .map(field -> field.name().getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    long of(Row row) {
        for (int ordinal : ordinals) {
            Object value = row.get(ordinal);
            if (value != null) {
                text(names[ordinal]);
                add(schema.field(ordinal), value);
            }
        }
        return ByteBuffer.wrap(digest.digest()).getLong();
    }

    private void add(Field field, Object value) {
        switch (field.type()) {
            case STRING -> text(((String) value).getBytes(StandardCharsets.UTF_8));
            case INTEGER -> number((Long) value);
            case DECIMAL -> decimal((BigDecimal) value);
            case DOUBLE -> number(Double.doubleToLongBits((Double) value));
            case BOOLEAN -> number((Boolean) value ? 1 : 0);
            case TIMESTAMP -> number(micros((Instant) value));
            case DATE -> text(value.toString().getBytes(StandardCharsets.US_ASCII));
            case JSON -> text(sorted((JsonNode) value).toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** ChronoUnit.MICROS counts nanoseconds on the way, which overflow some 292 years from 1970. */
    private static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
    }

    private void decimal(BigDecimal value) {
        BigDecimal canonical = value.stripTrailingZeros();
        number(canonical.scale());
        text(canonical.unscaledValue().toByteArray());
    }

    /** The length goes first: or a value's end could pass for the next one's beginning. */
    private void text(byte[] bytes) {
        number(bytes.length);
        digest.update(bytes);
    }

    private void number(long value) {
        for (int i = 0; i < Long.BYTES; i++) {
            scratch[i] = (byte) (value >> (56 - 8 * i));
        }
        digest.update(scratch);
    }

    /** The value with maps for objects, so that their members are in order. */
    private static Object sorted(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> members = new TreeMap<>();
            node.properties().forEach(member -> members.put("\"" + member.getKey() + "\"", sorted(member.getValue())));
            return members;
        }
        if (node.isArray()) {
            return node.valueStream().map(ContentHash::sorted).toList();
        }
        return node.isNumber() ? plain(node) : node.toString();
    }

    private static String plain(JsonNode number) {
        boolean infinite = number.isDouble() && !Double.isFinite(number.doubleValue());
        return infinite
                ? number.toString()
                : number.decimalValue().stripTrailingZeros().toString();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
