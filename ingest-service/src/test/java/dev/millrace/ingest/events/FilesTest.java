package dev.millrace.ingest.events;

import static dev.millrace.ingest.Requests.CSV;
import static dev.millrace.ingest.Requests.NDJSON;
import static dev.millrace.ingest.Requests.PROBLEM;
import static dev.millrace.ingest.Requests.bytes;
import static dev.millrace.ingest.Requests.gzip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.millrace.ingest.Payments;
import dev.millrace.ingest.Requests;
import dev.millrace.ingest.Tail;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.rejection.Rejection;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class FilesTest {
    private static final String HEADER = "payment_id,customer,at,amount,note\n";

    private Tail raw;
    private Tail rejected;

    @BeforeEach
    void follow() {
        Requests.awaitPipeline("payments");
        raw = Tail.raw("payments");
        rejected = Tail.rejected("payments");
    }

    @Test
    void takes_csv_and_names_its_cells_as_declared() {
        Requests.file(CSV, "?name=day.csv", bytes("Payment_ID, CUSTOMER ,at,Amount,Extra column\n" + row("f1") + "\n"))
                .statusCode(202)
                .body("accepted", equalTo(1));

        assertThat(raw.values())
                .containsExactly("{\"payment_id\":\"f1\",\"customer\":\"c-1\",\"at\":\"2026-03-01 14:30:00\","
                        + "\"amount\":\"12.50\",\"Extra column\":\"hello\"}");
        assertThat(Tail.header(raw.read().get(0), EventHeaders.SOURCE))
                .isEqualTo("/pipelines/payments/files/day.csv#line-2");
    }

    @Test
    void takes_csv_whatever_ends_its_rows_with_or_without_a_byte_order_mark() {
        for (String end : List.of("\n", "\r\n", "\r")) {
            for (String bom : List.of("", "\uFEFF")) {
                Requests.file(CSV, "", bytes(bom + HEADER.replace("\n", end) + row("e1") + end + end + row("e2")))
                        .statusCode(202)
                        .body("accepted", equalTo(2));
            }
        }
        assertThat(raw.read()).hasSize(12);
        assertThat(rejected.read()).isEmpty();
    }

    @Test
    void takes_csv_with_a_byte_order_mark_before_a_quoted_header() {
        Requests.file(CSV, "", bytes("\uFEFF\"payment_id\",\"customer\",\"at\",\"amount\",\"note\"\n" + row("q")))
                .statusCode(202);

        assertThat(raw.ids()).containsExactly("q");
    }

    @Test
    void takes_cells_with_newlines_quotes_and_commas_in_them() {
        Requests.file(
                        CSV,
                        "",
                        bytes(HEADER
                                + "n1,c-1,2026-03-01 14:30:00,12.50,\"two\r\nlines, and a \"\"quote\"\"\"\r\n"
                                + "n2,c-1,2026-03-01 14:30:00,oops,\"x\"\r\n"))
                .statusCode(202)
                .body("accepted", equalTo(1))
                .body("violations[0].where", equalTo("line 4, field amount"));

        assertThat(raw.values().get(0)).contains("\"note\":\"two\\r\\nlines, and a \\\"quote\\\"\"");
    }

    @Test
    void takes_an_empty_cell_for_a_missing_value() {
        Requests.file(CSV, "", bytes(HEADER + "m1,c-1,2026-03-01 14:30:00,12.50,\n" + "m2,,2026-03-01 14:30:00,1,\n"))
                .statusCode(202)
                .body("violations[0].where", equalTo("line 3, field customer"))
                .body("violations[0].actual", equalTo("nothing"));

        assertThat(raw.values().get(0)).doesNotContain("note");
        assertThat(rejected.rejection().reason().code()).isEqualTo("missing_field");
    }

    @Test
    void rejects_ragged_rows_and_takes_the_others() {
        Requests.file(
                        CSV,
                        "?name=ragged.csv",
                        bytes(HEADER + row("r1") + "\nshort,row\n" + row("r2") + ",one,more\n" + row("r3") + "\n"))
                .statusCode(202)
                .body("accepted", equalTo(2))
                .body("refused", equalTo(2))
                .body("violations.where", equalTo(List.of("line 3", "line 4")))
                .body("violations[0].expected", equalTo("5 cells, as in the header"))
                .body("violations[0].actual", equalTo("2 cells"));

        assertThat(raw.ids()).containsExactly("r1", "r3");
        assertThat(rejected.rejections())
                .extracting(rejection -> new String(rejection.original(), StandardCharsets.UTF_8))
                .containsExactlyInAnyOrder("short,row", row("r2") + ",one,more");
    }

    @Test
    void rejects_a_row_that_is_not_utf_8_and_takes_the_others() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(bytes(HEADER + row("u1") + "\n"));
        file.writeBytes(row("u2").replace("hello", "Zoë").getBytes(StandardCharsets.ISO_8859_1));
        file.writeBytes(bytes("\n" + row("u3").replace("hello", "Zoë") + "\n"));

        Requests.file(CSV, "", file.toByteArray())
                .statusCode(202)
                .body("accepted", equalTo(2))
                .body("violations[0].where", equalTo("line 3"));

        assertThat(raw.values().get(1)).contains("Zoë");
        assertThat(rejected.rejection().original())
                .isEqualTo(row("u2").replace("hello", "Zoë").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void rejects_what_an_unclosed_quote_swallows_and_keeps_its_beginning() {
        String swallowed =
                IntStream.range(0, 60_000).mapToObj(i -> row("swallowed" + i)).collect(Collectors.joining("\n"));

        Requests.file(CSV, "", bytes(HEADER + row("s1") + "\ns2,c-1,\"2026-03-01 14:30:00,12.50,hello\n" + swallowed))
                .statusCode(202)
                .body("accepted", equalTo(1))
                .body("refused", equalTo(1))
                .body("violations[0].where", equalTo("line 3"));

        Rejection rejection = rejected.rejection();
        assertThat(rejection.original()).startsWith(bytes("s2,c-1,"));
        assertThat(raw.ids()).containsExactly("s1");
    }

    @Test
    void says_that_a_quote_may_not_be_closed_where_a_row_reaches_over_lines() {
        Requests.file(CSV, "", bytes(HEADER + row("q1") + "\nq2,\"c-1,2026-03-01 14:30:00,12.50,hello\n" + row("q3")))
                .statusCode(202)
                .body("accepted", equalTo(1))
                .body("violations[0].where", equalTo("line 3"))
                .body("violations[0].actual", equalTo("2 cells in 2 lines, as if a quote were not closed"));
    }

    @Test
    void refuses_a_header_that_is_no_use() {
        Requests.file(CSV, "", bytes("payment_id,when\nx,y\n"))
                .statusCode(400)
                .contentType(PROBLEM)
                .body("type", equalTo("/problems/unreadable-file"))
                .body(
                        "detail",
                        allOf(
                                containsString("no column for the required customer, at, amount"),
                                containsString("it has payment_id, when")));
        Requests.file(CSV, "", bytes("at,At,customer,amount\n"))
                .statusCode(400)
                .body("detail", containsString("'At' twice"));
        Requests.file(CSV, "", new byte[0]).statusCode(400).body("detail", containsString("the file is empty"));
    }

    @Test
    void answers_a_large_file_with_a_useless_header() {
        byte[] file = Arrays.copyOf(bytes("a,b\n"), 50_000_000);

        assertThat(Requests.chunked("/pipelines/payments/files", CSV, file).statusCode())
                .isEqualTo(400);
    }

    @Test
    void takes_ndjson_and_rejects_single_lines() {
        Requests.file(NDJSON, "", bytes("\uFEFF" + Payments.json("j1") + "\r\n\nnope\n" + Payments.json("j2")))
                .statusCode(202)
                .body("accepted", equalTo(2))
                .body("violations[0].where", equalTo("line 3"));

        assertThat(raw.ids()).containsExactly("j1", "j2");
    }

    @Test
    void rejects_a_line_that_is_too_large_and_takes_the_next() {
        Requests.file(NDJSON, "", bytes("x".repeat(3_000_000) + "\n" + Payments.json("behind")))
                .statusCode(202)
                .body("refused", equalTo(1));

        assertThat(rejected.rejection().reason().code()).isEqualTo("too_large");
        assertThat(raw.ids()).containsExactly("behind");
    }

    @Test
    void takes_zipped_files_and_learns_the_format_from_the_name() {
        Requests.file("application/gzip", "?name=a.csv.gz", gzip(bytes(HEADER + row("z1"))))
                .statusCode(202);
        Requests.file("application/octet-stream", "?name=a.jsonl.gz", gzip(bytes(Payments.json("z2"))))
                .statusCode(202);
        Requests.file("application/gzip", "?format=ndjson", gzip(bytes(Payments.json("z3"))))
                .statusCode(202);
        Requests.file(CSV, "", gzip(bytes(HEADER + row("z4")))).statusCode(202);

        assertThat(raw.ids()).containsExactly("z1", "z2", "z3", "z4");
    }

    @Test
    void says_how_many_events_a_truncated_gzip_gave_and_keeps_them() {
        byte[] whole = gzip(bytes(
                HEADER + IntStream.range(0, 5_000).mapToObj(i -> row("t" + i)).collect(Collectors.joining("\n"))));

        String detail = Requests.file(CSV, "?name=cut.csv.gz", Arrays.copyOf(whole, whole.length / 2))
                .statusCode(400)
                .body("type", equalTo("/problems/unreadable-file"))
                .extract()
                .path("detail");

        assertThat(raw.read()).isNotEmpty().hasSizeLessThan(5_000);
        assertThat(detail).contains(raw.read().size() + " events before that were accepted and stay");
    }

    @Test
    void asks_for_the_format_where_nothing_says_it() {
        Requests.file("application/octet-stream", "", bytes("x"))
                .statusCode(400)
                .body("detail", containsString("?format=csv"));
        Requests.file("application/octet-stream", "?format=xml", bytes("x"))
                .statusCode(400)
                .body("detail", containsString("not 'xml'"));
        Requests.file("application/pdf", "", bytes("x")).statusCode(415).contentType(PROBLEM);
    }

    @Test
    void gives_rows_without_an_id_the_same_ids_when_the_same_file_comes_again() {
        byte[] file = bytes("customer,at,amount\nc,2026-03-01 14:30:00,1\nc,2026-03-01 14:30:00,1\n");

        Requests.file(CSV, "?name=same.csv", file).statusCode(202);
        Requests.file(CSV, "?name=same.csv", file).statusCode(202);
        Requests.file(CSV, "?name=other.csv", file).statusCode(202);

        List<String> ids = raw.ids();
        assertThat(ids.subList(2, 4)).containsExactlyInAnyOrderElementsOf(ids.subList(0, 2));
        assertThat(ids.stream().distinct()).hasSize(4);
    }

    @Test
    void suggests_the_pipeline_that_was_meant() {
        Requests.of(CSV)
                .body(bytes(HEADER))
                .post("/pipelines/paiments/files")
                .then()
                .statusCode(404)
                .body("detail", containsString("Did you mean 'payments'?"));
    }

    private static String row(String id) {
        return id + ",c-1,2026-03-01 14:30:00,12.50,hello";
    }
}
