package dev.millrace.training.recommend.onnx;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.RowWriter;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.training.recommend.history.Choices;
import dev.millrace.training.recommend.history.Histories;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the numbers of a graph mean: of each item its name and what is known of it, how many users chose it and how many
 * lately; and how a history fades.
 *
 * @param algorithm what made the graph, in words
 * @param fading the power by which later items of a history weigh more
 * @param item the field that names an item
 * @param fields what is known of an item
 * @param rows that, of each item by its number
 * @param popular how many users chose each lately
 * @param chosen how many users chose each
 */
public record ItemsNote(
        String algorithm, double fading, String item, Schema fields, List<Row> rows, int[] popular, int[] chosen) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of what a warehouse told. */
    public static ItemsNote of(String algorithm, double fading, Choices choices) {
        return new ItemsNote(
                algorithm,
                fading,
                choices.item(),
                choices.fields(),
                choices.items(),
                choices.popular(),
                choices.histories().counts());
    }

    /** Where only names are known. */
    public static ItemsNote of(String algorithm, double fading, Histories histories) {
        Schema fields = new Schema(List.of(Field.canonical("item_id", FieldType.STRING, false)));
        List<Row> rows = IntStream.range(0, histories.items())
                .mapToObj(item -> new Row(fields, new Object[] {histories.item(item)}))
                .toList();
        return new ItemsNote(algorithm, fading, "item_id", fields, rows, histories.counts(), histories.counts());
    }

    /** As the file has it. */
    public String json() {
        StringWriter text = new StringWriter();
        RowWriter writer = new RowWriter(fields);
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("algorithm", algorithm);
            out.writeNumberField("fading", fading);
            out.writeStringField("item", item);
            out.writeArrayFieldStart("fields");
            for (Field field : fields.fields()) {
                out.writeStartObject();
                out.writeStringField("name", field.name());
                out.writeStringField("type", field.type().declaredName());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeFieldName("chosen");
            out.writeArray(chosen, 0, chosen.length);
            out.writeFieldName("popular");
            out.writeArray(popular, 0, popular.length);
            out.writeArrayFieldStart("rows");
            for (Row row : rows) {
                out.writeRawValue(new String(writer.write(row), StandardCharsets.UTF_8));
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory can not fail", e);
        }
        return text.toString();
    }
}
