package dev.millrace.pipeline.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.declaration.ReferenceDeclaration;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.rejection.RejectionReason;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LookupTest {
    private static final String ZONES =
            "- lookup: { from: { file: zones.csv }, by: zone, key: id, add: { city: { type: string, from: city_name },"
                    + " toll: { type: decimal } }";

    @Test
    void adds_the_fields_of_the_row_that_is_under_the_events_key() throws Exception {
        assertThat(clean(ZONES + " }", trip("7"))).isEqualTo("""
                {"id":"t1","at":"2026-03-01T10:00:00Z","zone":7,"city":"Ghent","toll":1.50}""");
        assertThat(clean(ZONES + " }", trip("\"07\"")))
                .as("an integer is the same however it is written")
                .contains("\"city\":\"Ghent\"");
    }

    @Test
    void steps_and_expressions_behind_it_know_the_fields_and_their_types() throws Exception {
        String steps =
                ZONES + " }\n- derive: { double_toll: toll * 2.0, where: \"city + '!'\" }\n- filter: city != null\n";

        assertThat(clean(steps, trip("7"))).contains("\"double_toll\":3.0,\"where\":\"Ghent!\"");
        assertThat(outcome(steps, trip("9"))).isEqualTo(new Outcome.LeftOut(Outcome.Why.FILTERED));
        assertThat(pipeline(steps)
                        .transform()
                        .completing(List.of("where"), List.of())
                        .eventFields())
                .containsExactly("zone");
    }

    @Test
    void without_a_row_the_fields_are_empty_unless_the_author_wants_a_rejection() throws Exception {
        String plain = """
                {"id":"t1","at":"2026-03-01T10:00:00Z","zone":9}""";

        assertThat(clean(ZONES + " }", trip("9"))).isEqualTo(plain);
        assertThat(clean(ZONES + ", otherwise: empty }", trip("9"))).isEqualTo(plain);
        assertThat(outcome(ZONES + ", otherwise: reject }", trip("9")))
                .isEqualTo(new Outcome.Rejected(RejectionReason.NO_MATCH, "no row of 'zones.csv' for zone '9'"));
        assertThat(outcome(ZONES + ", otherwise: reject }", trip("null")))
                .isEqualTo(new Outcome.Rejected(
                        RejectionReason.NO_MATCH, "field 'zone' is missing, by which a row of 'zones.csv' is found"));
    }

    @Test
    void says_what_it_needs_of_its_references_each_once() throws Exception {
        Transform transform = pipeline("""
                - lookup: { from: { topic: drivers }, by: id, add: { rank: { type: integer } } }
                - lookup: { from: { file: zones.csv }, by: zone, add: { city: { type: string } } }
                - rename: { city: town }
                - lookup: { from: { file: zones.csv }, by: zone, add: { city: { type: string } } }
                """).transform();

        assertThat(transform.references())
                .extracting(ReferenceShape::from)
                .containsExactly(new ReferenceDeclaration.Topic("drivers"), new ReferenceDeclaration.File("zones.csv"));
        assertThat(transform.references())
                .extracting(shape -> shape.whole().toString())
                .containsExactly("(id string, rank integer)", "(zone integer, city string)");
        assertThat(transform.references().get(1).key("07")).contains("7");
        assertThat(transform.references().get(1).key("seven")).isEmpty();
    }

    @Test
    void where_references_are_not_known_fields_are_missing_and_a_stream_does_not_run() throws Exception {
        Pipeline pipeline = pipeline(ZONES + ", otherwise: reject }");
        Row event = event(pipeline, trip("7"));

        assertThat(completed(pipeline.transform(), event).get("city")).isNull();
        assertThatThrownBy(() -> pipeline.transform().enter(event, CheckListener.NONE))
                .hasMessage("the reference 'zones.csv' is not known here");
    }

    @Test
    void completes_an_event_with_the_row_that_there_is() throws Exception {
        Pipeline pipeline = pipeline(ZONES + ", otherwise: reject }");
        Schema columns = pipeline.transform().references().get(0).columns();
        Transform known = pipeline.transform()
                .lookingUpIn(shape ->
                        key -> key.equals("7") ? Optional.of(new Row(columns, zone(columns))) : Optional.empty());

        assertThat(completed(known, event(pipeline, trip("7"))).get("city")).isEqualTo("Ghent");
        assertThat(completed(known, event(pipeline, trip("9"))).get("city")).isNull();
        assertThat(known.completing(List.of("city"), List.of()).references()).hasSize(1);
        assertThat(known.completing(List.of("city"), List.of("city")).references())
                .isEmpty();
    }

    private static Object[] zone(Schema columns) {
        Object[] values = new Object[columns.size()];
        values[columns.ordinal("city_name")] = "Ghent";
        return values;
    }

    private static Row completed(Transform transform, Row event) {
        return transform.completing(List.of("city"), List.of()).complete(event, Optional.empty(), Map.of(), null);
    }

    @Test
    void every_mistake_of_a_lookup_is_told_at_its_place_with_what_was_meant() {
        assertThat(mistakes("""
                - lookup: { from: { file: ../zones.txt }, by: zoen, add: { town: { type: string } } }
                - lookup: { from: { topic: zones }, by: at, key: id, add: {} }
                - lookup: { from: { file: z.csv }, by: zone, add: { at: { type: string }, City: { type: string }, score: { type: double } } }
                - lookup: { from: { file: z.csv }, by: zone, key: id, add: { a: { type: string }, b: { type: string, from: a }, c: { type: string, from: id } } }
                - derive: { x: "ctiy + ''" }
                - lookup: { from: { file: z.csv }, by: zone, add: { city: { type: string } } }
                - derive: { y: "ctiy + ''" }
                """))
                .containsExactly(
                        "8:31: expected a path below the folder of the references, with / between folders, got"
                                + " '../zones.txt'",
                        "8:31: the ending says how the file is written: expected .csv, .ndjson or .jsonl, perhaps with"
                                + " .gz behind it, got '../zones.txt'",
                        "8:51: no field 'zoen', declared or derived. Did you mean 'zone'?",
                        "9:45: expected a string or an integer, and 'at' is a timestamp",
                        "9:54: a topic's rows are found by their records' own keys; take this away",
                        "9:63: expected at least one field, for example { city: { type: string } }",
                        "10:61: there is a field 'at' already",
                        "10:85: a field's name is a lower case letter and then letters, digits and underscores, at"
                                + " most 59 in all; got 'City'",
                        "10:110: 'score' is a name that Millrace gives to a column of its own; choose another",
                        "11:90: 'a' is taken for 'a' already",
                        "11:120: 'id' is the key, which the event has in 'zone' already",
                        "12:20: unknown field or function 'ctiy'",
                        "14:20: unknown field or function 'ctiy'. Did you mean 'city'?");
    }

    @Test
    void every_mistake_of_a_lookups_shape_is_told_too() {
        assertThat(mistakes("""
                - lookup: { from: { flie: z.csv }, by: zone, ad: {}, add: { a: { type: sting } }, otherwise: rejct }
                - lookup: { by: zone, add: { a: { from: b } } }
                """))
                .containsExactly(
                        "8:25: expected one of the kinds file, topic, got 'flie'. Did you mean 'file'?",
                        "8:50: unknown key 'ad'; known here: from, by, key, add, otherwise. Did you mean 'add'?",
                        "8:76: expected one of string, integer, decimal, double, boolean, timestamp, date, json, got"
                                + " 'sting'. Did you mean 'string'?",
                        "8:98: expected one of empty, reject, got 'rejct'. Did you mean 'reject'?",
                        "9:15: required and missing, for example from: { file: zones.csv }",
                        "9:37: required and missing, for example type: string");
    }

    private static List<String> mistakes(String steps) {
        try {
            pipeline(steps);
            return List.of();
        } catch (InvalidDeclarationException e) {
            return e.mistakes().stream()
                    .map(mistake -> mistake.line() + ":" + mistake.column() + ": " + mistake.message()
                            + mistake.suggestion()
                                    .map(text -> ". Did you mean '" + text + "'?")
                                    .orElse(""))
                    .toList();
        }
    }

    private static String clean(String steps, String trip) throws InvalidDeclarationException {
        Outcome outcome = outcome(steps, trip);
        assertThat(outcome).isInstanceOf(Outcome.Clean.class);
        return new String(pipeline(steps).cleanWriter().write(((Outcome.Clean) outcome).row()), UTF_8);
    }

    private static Outcome outcome(String steps, String trip) throws InvalidDeclarationException {
        Pipeline pipeline = pipeline(steps);
        Transform transform = pipeline.transform().lookingUpIn(shape -> {
            Map<String, Row> rows = Map.of("7", new Row(shape.columns(), "Ghent", new BigDecimal("1.50")));
            return key -> Optional.ofNullable(rows.get(key));
        });
        return transform.enter(event(pipeline, trip), CheckListener.NONE);
    }

    private static String trip(String zone) {
        return "{\"id\": \"t1\", \"at\": \"2026-03-01T10:00:00Z\", \"zone\": " + zone + "}";
    }

    private static Row event(Pipeline pipeline, String json) {
        return ((Reading.Read) pipeline.eventReader().read(json.getBytes(UTF_8))).row();
    }

    private static Pipeline pipeline(String steps) throws InvalidDeclarationException {
        String yaml = """
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: trips }
                spec:
                  event: { id: id, time: at, fields: { id: { type: string, required: true }, at: { type: timestamp, required: true }, zone: { type: integer } } }
                  sinks: [{ postgres: { fact: { table: fact_trip } } }]
                  transform:
                """;
        return Pipeline.of(DeclarationReader.read("trips.yaml", yaml + steps.indent(4)));
    }
}
