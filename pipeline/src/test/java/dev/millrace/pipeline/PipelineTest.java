package dev.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.EventDeclaration;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.declaration.PipelineDeclaration;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.RowWriter;
import dev.millrace.pipeline.transform.CheckListener;
import dev.millrace.pipeline.transform.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PipelineTest {
    private static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: orders }
            spec:
              event:
                id: order_id
                key: shop
                time: at
                fields:
                  order_id: { type: string }
                  at: { type: timestamp, required: true, formats: ["dd/MM/yyyy HH:mm"], zone: Europe/Brussels }
                  shop: { type: integer }
                  amount: { type: decimal }
              transform:
                - derive: { hour: "at.getHours()" }
            """;

    private final Pipeline pipeline = pipeline(YAML);

    @Test
    void carries_an_event_from_its_text_to_the_warehouses_row() {
        Row event = read("{\"order_id\": \"o-1\", \"at\": \"31/03/2026 08:15\", \"shop\": \"7\", \"amount\": 1.50}");
        Outcome.Clean clean = (Outcome.Clean) pipeline.transform().apply(event, CheckListener.NONE);

        byte[] written = pipeline.cleanWriter().write(clean.row());

        assertThat(new String(written, UTF_8)).isEqualTo("""
                {"order_id":"o-1","at":"2026-03-31T06:15:00Z","shop":7,"amount":1.50,"hour":6}""");
        assertThat(pipeline.cleanReader().read(written)).isEqualTo(new Reading.Read(clean.row()));
    }

    @Test
    void knows_an_events_id_key_and_time() {
        Row event = read("{\"order_id\": \"o-1\", \"at\": \"31/03/2026 08:15\", \"shop\": 7}");

        assertThat(pipeline.id(event)).contains("o-1");
        assertThat(pipeline.key(event, "o-1")).isEqualTo("7");
        assertThat(pipeline.time(event)).isEqualTo(Instant.parse("2026-03-31T06:15:00Z"));
    }

    @Test
    void takes_the_given_id_where_the_event_has_none() {
        Row event = read("{\"at\": \"31/03/2026 08:15\"}");

        assertThat(pipeline.id(event)).isEmpty();
        assertThat(pipeline.key(event, "hash")).isEqualTo("hash");
        assertThat(pipeline.withId(event, "hash").get("order_id")).isEqualTo("hash");
        assertThat(event.get("order_id")).isNull();
    }

    @Test
    void keeps_the_id_that_the_event_has() {
        Row event = read("{\"order_id\": \"o-1\", \"at\": \"31/03/2026 08:15\"}");

        assertThat(pipeline.withId(event, "hash")).isSameAs(event);
    }

    @Test
    void loads_clean_events_where_there_is_no_model_and_scored_ones_where_there_is() {
        Pipeline scored = pipeline(YAML + "  model: { name: returns }\n");

        assertThat(pipeline.topicToLoad()).isEqualTo("millrace.orders.clean");
        assertThat(pipeline.scoredReader().schema())
                .isEqualTo(pipeline.cleanReader().schema());
        assertThat(scored.topicToLoad()).isEqualTo("millrace.orders.scored");
        assertThat(scored.scoredReader().schema().names())
                .startsWith("order_id")
                .endsWith("quality_flags", "score", "label", "model", "model_version");
    }

    @Test
    void refuses_a_declaration_that_nobody_checked() {
        EventDeclaration event = new EventDeclaration(Optional.empty(), Optional.empty(), "at", Map.of());
        PipelineDeclaration unchecked = new PipelineDeclaration(
                PipelineDeclaration.API_VERSION,
                PipelineDeclaration.KIND,
                new PipelineDeclaration.Metadata("orders", Map.of()),
                new PipelineDeclaration.Spec(
                        event,
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of()));

        assertThatThrownBy(() -> Pipeline.of(unchecked))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at");
    }

    @Test
    void its_writers_write_what_a_person_can_read() {
        Row event = read("{\"order_id\": \"🧾\", \"at\": \"31/03/2026 08:15\"}");

        assertThat(new String(new RowWriter(event.schema()).write(event), UTF_8))
                .contains("🧾");
    }

    private Row read(String json) {
        return ((Reading.Read) pipeline.eventReader().read(json.getBytes(UTF_8))).row();
    }

    private static Pipeline pipeline(String yaml) {
        try {
            return Pipeline.of(DeclarationReader.read("orders.yaml", yaml));
        } catch (InvalidDeclarationException e) {
            throw new AssertionError(e);
        }
    }
}
