package dev.millrace.load.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.pipeline.event.FieldType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * Tuples in PostgreSQL's binary COPY format (PostgreSQL 18 manual, COPY, "Binary Format"). Binary, because the server
 * then parses no text and nothing has to be escaped. The array grows and is used again; confined to one thread at a time.
 */
public final class CopyBuffer {
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final byte[] TRAILER = {(byte) 0xff, (byte) 0xff};

    /** PostgreSQL counts microseconds and days from 2000-01-01. */
    private static final long EPOCH_SECONDS = 946_684_800L;

    private static final int EPOCH_DAYS = 10_957;

    private static final int NUMERIC_BASE = 10_000;
    private static final int NUMERIC_DIGITS = 4;
    private static final short NUMERIC_NEGATIVE = 0x4000;
    private static final BigInteger BIG_NUMERIC_BASE = BigInteger.valueOf(NUMERIC_BASE);
    /** Enough groups for 38 digits before and 38 behind the point. */
    private static final int NUMERIC_GROUPS = 32;

    private static final int NULL = -1;

    private byte[] bytes = new byte[8192];
    private int length;
    private final short[] groups = new short[NUMERIC_GROUPS];

    /** What stands before the first tuple. */
    public static byte[] header() {
        return HEADER.clone();
    }

    /** What stands behind the last tuple. */
    public static byte[] trailer() {
        return TRAILER.clone();
    }

    /** The array that holds the tuples; it may change with every tuple that is added. */
    public byte[] array() {
        return bytes;
    }

    /** How many bytes of it are tuples. */
    public int length() {
        return length;
    }

    /** Empties it. */
    void clear() {
        length = 0;
    }

    /** Takes back what was added since it had that length. */
    void truncate(int earlierLength) {
        length = earlierLength;
    }

    /** Begins a tuple. */
    void tuple(int fields) {
        putShort((short) fields);
    }

    /** Adds a field without a value. */
    void nothing() {
        putInt(NULL);
    }

    /** Adds a {@code bigint} and says where its eight bytes are. */
    int bigint(long value) {
        putInt(Long.BYTES);
        putLong(value);
        return length - Long.BYTES;
    }

    /** Writes a {@code bigint} over the eight bytes at that place. */
    public void overwrite(int place, long value) {
        int end = length;
        length = place;
        putLong(value);
        length = end;
    }

    /** Adds a {@code text}. */
    void text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        putInt(utf8.length);
        putBytes(utf8);
    }

    /** Adds a {@code timestamp with time zone}; what is finer than a microsecond is cut off. */
    void timestamp(Instant value) {
        timestamp((value.getEpochSecond() - EPOCH_SECONDS) * 1_000_000 + value.getNano() / 1000);
    }

    /** Adds a {@code timestamp with time zone} of milliseconds since 1970. */
    void timestampOfMillis(long millis) {
        timestamp((millis - EPOCH_SECONDS * 1000) * 1000);
    }

    private void timestamp(long micros) {
        bigint(micros);
    }

    /** Adds a value of a field of that type. */
    void value(FieldType type, Object value) {
        if (value == null) {
            nothing();
            return;
        }
        switch (type) {
            case STRING -> text((String) value);
            case INTEGER -> bigint((Long) value);
            case DECIMAL -> numeric((BigDecimal) value);
            case DOUBLE -> bigint(Double.doubleToLongBits((Double) value));
            case BOOLEAN -> bool((Boolean) value);
            case TIMESTAMP -> timestamp((Instant) value);
            case DATE -> date((LocalDate) value);
            case JSON -> jsonb((JsonNode) value);
        }
    }

    private void bool(boolean value) {
        putInt(1);
        reserve(1);
        bytes[length++] = (byte) (value ? 1 : 0);
    }

    private void date(LocalDate value) {
        putInt(Integer.BYTES);
        putInt((int) value.toEpochDay() - EPOCH_DAYS);
    }

    private void jsonb(JsonNode value) {
        byte[] utf8 = value.toString().getBytes(StandardCharsets.UTF_8);
        putInt(utf8.length + 1);
        reserve(1);
        bytes[length++] = 1; // the version of jsonb's binary format
        putBytes(utf8);
    }

    /** Groups of four decimal digits, the most significant first; the weight is the first group's power of 10000. */
    private void numeric(BigDecimal value) {
        int scale = value.scale();
        int padding = (NUMERIC_DIGITS - scale % NUMERIC_DIGITS) % NUMERIC_DIGITS;
        int count = split(value.unscaledValue(), padding);
        int fractionGroups = (scale + padding) / NUMERIC_DIGITS;
        int weight = count - fractionGroups - 1;
        int last = 0;
        while (last < count && groups[last] == 0) {
            last++;
        }
        int digits = count - last;
        putInt(8 + 2 * digits);
        putShort((short) digits);
        putShort((short) (digits == 0 ? 0 : weight));
        putShort(value.signum() < 0 ? NUMERIC_NEGATIVE : 0);
        putShort((short) scale);
        for (int i = count - 1; i >= last; i--) {
            putShort(groups[i]);
        }
    }

    /** Splits the number's digits, with that many zeros behind them, into groups, the least significant first. */
    private int split(BigInteger unscaled, int padding) {
        int count = 0;
        if (unscaled.bitLength() < 50) {
            long rest = Math.abs(unscaled.longValue());
            for (int i = 0; i < padding; i++) {
                rest *= 10;
            }
            while (rest != 0) {
                groups[count++] = (short) (rest % NUMERIC_BASE);
                rest /= NUMERIC_BASE;
            }
            return count;
        }
        BigInteger rest = unscaled.abs().multiply(BigInteger.TEN.pow(padding));
        while (rest.signum() != 0) {
            BigInteger[] parts = rest.divideAndRemainder(BIG_NUMERIC_BASE);
            groups[count++] = parts[1].shortValue();
            rest = parts[0];
        }
        return count;
    }

    private void putShort(short value) {
        reserve(Short.BYTES);
        bytes[length++] = (byte) (value >> 8);
        bytes[length++] = (byte) value;
    }

    private void putInt(int value) {
        reserve(Integer.BYTES);
        bytes[length++] = (byte) (value >> 24);
        bytes[length++] = (byte) (value >> 16);
        bytes[length++] = (byte) (value >> 8);
        bytes[length++] = (byte) value;
    }

    private void putLong(long value) {
        putInt((int) (value >> 32));
        putInt((int) value);
    }

    private void putBytes(byte[] source) {
        reserve(source.length);
        System.arraycopy(source, 0, bytes, length, source.length);
        length += source.length;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
