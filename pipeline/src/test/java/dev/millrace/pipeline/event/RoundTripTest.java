package dev.millrace.pipeline.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written comes back as it was, whatever it is. Seeded, so that a failure can be seen again. */
class RoundTripTest {
    private static final int ROWS = 5_000;

    @Test
    void any_row_comes_back_from_its_json() {
        Random random = new Random(7);
        Schema schema = schema(false);
        RowWriter writer = new RowWriter(schema);
        EventReader reader = new EventReader(schema);
        for (int i = 0; i < ROWS; i++) {
            Row row = row(schema, random);

            byte[] json = writer.write(row);

            assertThat(reader.read(json))
                    .as(() -> new String(json, StandardCharsets.UTF_8))
                    .isEqualTo(new Reading.Read(row));
        }
    }

    @Test
    void any_row_comes_back_from_between_two_steps() {
        Random random = new Random(17);
        Schema schema = schema(false);
        RowCodec codec = new RowCodec(schema);
        for (int i = 0; i < ROWS; i++) {
            Row row = row(schema, random);

            assertThat(codec.read(packed(codec, row))).contains(row);
        }
    }

    @Test
    void a_row_of_before_an_edit_is_read_after_it() {
        Schema before = new Schema(List.of(
                Field.canonical("dropped", FieldType.STRING, false),
                Field.canonical("count", FieldType.INTEGER, true),
                Field.canonical("ratio", FieldType.DECIMAL, false),
                Field.canonical("name", FieldType.STRING, false),
                Field.canonical("day", FieldType.DATE, false)));
        Schema after = new Schema(List.of(
                Field.canonical("name", FieldType.JSON, false),
                Field.canonical("new", FieldType.STRING, true),
                Field.canonical("ratio", FieldType.DOUBLE, false),
                Field.canonical("count", FieldType.STRING, true),
                Field.canonical("day", FieldType.DATE, false)));
        LocalDate day = LocalDate.of(2026, 2, 28);
        Row row = new Row(before, "gone", 7L, new BigDecimal("0.250"), "Ada", day);

        assertThat(new RowCodec(after).read(packed(new RowCodec(before), row)))
                .contains(new Row(after, TextNode.valueOf("Ada"), null, 0.25, "7", day));
    }

    @Test
    void what_can_not_be_what_the_edit_says_is_not_read() {
        Schema before = new Schema(List.of(Field.canonical("amount", FieldType.STRING, true)));
        Schema after = new Schema(List.of(Field.canonical("amount", FieldType.DOUBLE, true)));

        assertThat(new RowCodec(after).read(packed(new RowCodec(before), new Row(before, "much"))))
                .isEmpty();
    }

    private static ByteBuffer packed(RowCodec codec, Row row) {
        RowCodec.Packed packed = codec.pack(row);
        ByteBuffer bytes = ByteBuffer.allocate(packed.size());
        packed.writeTo(bytes);
        return bytes.flip();
    }

    @Test
    void any_damaged_record_is_read_or_refused_but_never_throws() {
        Random random = new Random(11);
        Schema schema = schema(true);
        RowWriter writer = new RowWriter(schema);
        EventReader reader = new EventReader(schema);
        for (int i = 0; i < ROWS; i++) {
            byte[] json = writer.write(row(schema, random));
            for (int hits = random.nextInt(3); hits >= 0; hits--) {
                json[random.nextInt(json.length)] = (byte) random.nextInt(256);
            }
            Reading reading = reader.read(json, 0, 1 + random.nextInt(json.length));

            if (reading instanceof Reading.Read good) {
                assertThat(reader.read(writer.write(good.row()))).isEqualTo(reading);
            } else {
                assertThat(((Reading.Refused) reading).violations())
                        .isNotEmpty()
                        .allMatch(violation -> Text.isStorable(violation.message()));
            }
        }
    }

    @Test
    void bytes_are_utf_8_where_the_jdk_says_so() {
        Random random = new Random(13);
        byte[][] pieces = {
            {'a'},
            {(byte) 0xC3, (byte) 0xA9},
            {(byte) 0xE2, (byte) 0x82, (byte) 0xAC},
            {(byte) 0xC0, (byte) 0x80},
            {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
            {(byte) 0xF0, (byte) 0x9F, (byte) 0x98, (byte) 0x80},
            {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            {(byte) 0xFF},
            {(byte) 0x80},
            {(byte) 0xE2, (byte) 0x82}
        };
        for (int i = 0; i < ROWS; i++) {
            ByteBuffer bytes = ByteBuffer.allocate(64);
            for (int n = random.nextInt(6); n >= 0; n--) {
                bytes.put(pieces[random.nextInt(random.nextBoolean() ? 3 : pieces.length)]);
            }
            int offset = random.nextInt(3) % bytes.position();
            int length = bytes.position() - offset;

            assertThat(Utf8.isValid(bytes.array(), offset, length)).isEqualTo(isUtf8(bytes.array(), offset, length));
        }
    }

    private static boolean isUtf8(byte[] bytes, int offset, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static Schema schema(boolean required) {
        List<Field> fields = new ArrayList<>();
        for (FieldType type : FieldType.values()) {
            fields.add(Field.canonical("a_" + type.declaredName(), type, required));
            fields.add(Field.canonical("b_" + type.declaredName(), type, false));
        }
        return new Schema(fields);
    }

    private static Row row(Schema schema, Random random) {
        Object[] values = new Object[schema.size()];
        for (int ordinal = 0; ordinal < values.length; ordinal++) {
            Field field = schema.field(ordinal);
            boolean missing = !field.required() && random.nextInt(4) == 0;
            values[ordinal] = missing ? null : value(field.type(), random);
        }
        return new Row(schema, values);
    }

    private static Object value(FieldType type, Random random) {
        return switch (type) {
            case STRING -> text(random);
            case INTEGER -> random.nextLong() >> random.nextInt(64);
            case DECIMAL -> decimal(random);
            case DOUBLE -> finite(random);
            case BOOLEAN -> random.nextBoolean();
            case TIMESTAMP ->
                Instant.ofEpochSecond(
                        random.nextLong(-62_135_596_800L, 253_402_300_800L), random.nextInt(1_000_000_000));
            case DATE -> LocalDate.of(1, 1, 1).plusDays(random.nextInt(3_652_059));
            case JSON -> json(random, 3);
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(12); n > 0; n--) {
            int codePoint = switch (random.nextInt(4)) {
                case 0 -> 1 + random.nextInt(0x7F);
                case 1 -> 0x80 + random.nextInt(0xD800 - 0x80);
                case 2 -> 0x10000 + random.nextInt(0x100000);
                default -> "\"\\/,\r\n\t'{}\u2028\uFFFF".charAt(random.nextInt(12));
            };
            text.appendCodePoint(codePoint);
        }
        return text.toString();
    }

    private static BigDecimal decimal(Random random) {
        BigInteger digits = new BigInteger(random.nextInt(120), random);
        BigDecimal number = new BigDecimal(digits, random.nextInt(39));
        return random.nextBoolean() ? number : number.negate();
    }

    private static double finite(Random random) {
        double number = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(number) ? number : 0.1;
    }

    private static JsonNode json(Random random, int depth) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(depth == 0 ? 4 : 6)) {
            case 0 -> nodes.textNode(text(random));
            case 1 -> nodes.numberNode(new BigDecimal(BigInteger.valueOf(random.nextLong()), 1 + random.nextInt(800)));
            case 2 -> nodes.numberNode(random.nextInt());
            case 3 -> nodes.booleanNode(random.nextBoolean());
            case 4 -> nodes.arrayNode().add(json(random, depth - 1)).addNull();
            default -> {
                var object = nodes.objectNode();
                object.set(text(random), json(random, depth - 1));
                yield object;
            }
        };
    }
}
