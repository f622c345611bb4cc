package dev.millrace.transform.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands as their users run them: what they print, and the code that they end with. */
class AuthorCommandsTest {
    private static final Path FILES = Path.of("src/test/resources/dev/millrace/transform/command");
    private static final String ORDERS = FILES.resolve("orders.yaml").toString();
    private static final String EVENTS = FILES.resolve("orders.ndjson").toString();
    private static final String TERMINALS = "terminals=" + FILES.resolve("terminals.ndjson");
    private static final String CARD_FRAUD = "../examples/card-fraud/pipeline.yaml";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @Test
    void tries_every_kind_of_step_and_shows_what_each_did() throws Exception {
        String chargebacks = "chargebacks=" + FILES.resolve("chargebacks.csv");
        assertThat(run("try", ORDERS, EVENTS, "--labels", chargebacks, "--reference", TERMINALS))
                .isZero();
        assertThat(out).hasToString(golden("try.txt"));
        assertThat(err.toString()).contains("chargebacks.csv: line 3: no label").contains("made-up secrets");
    }

    @Test
    void explains_every_kind_of_step() throws Exception {
        assertThat(run("explain", ORDERS)).isZero();
        assertThat(out).hasToString(golden("explain.txt"));
    }

    @Test
    void explains_in_the_words_of_kafka_streams_too() {
        assertThat(run("explain", ORDERS, "--topology")).isZero();
        assertThat(out.toString()).contains("Sub-topology: 2").contains("Source: raw (topics: [millrace.orders.raw])");
    }

    @Test
    void says_whether_an_edit_can_take_the_place_of_what_runs() throws Exception {
        String running = Files.readString(Path.of(CARD_FRAUD));
        assertThat(compare(running.replace("tx_amount > 0", "tx_amount > 1.0"))).isZero();
        assertThat(out.toString()).startsWith("compatible: it goes on with the state that is there");

        String window = "- window: { by: is_night, over: [1d], compute: { payments: \"count()\" } }";
        String edited = running.replaceFirst("( +)- window:", "$1" + window + "\n$1- window:");
        assertThat(compare(edited)).isEqualTo(3);
        assertThat(out.toString())
                .startsWith("needs new state: name a new version of it")
                .contains("  step window-is-night: it is new");

        assertThat(compare(edited.replaceFirst("spec:", "spec:\n  state: { version: v2 }")))
                .isZero();
        assertThat(out.toString()).startsWith("new state: version 'v2' is built beside ''");

        assertThat(compare(running.replaceFirst("key: customer_id", "key: terminal_id")))
                .isEqualTo(3);
        assertThat(out.toString()).startsWith("refused: no state").contains("  event.key: it was 'customer_id'");
    }

    private int compare(String edited) throws IOException {
        out.getBuffer().setLength(0);
        Path file = Files.writeString(folder.resolve("edited.yaml"), edited);
        return run("explain", file.toString(), "--against", CARD_FRAUD);
    }

    @Test
    void reads_csv_as_ingest_does_and_gives_the_line_of_what_it_refuses() throws Exception {
        Path file = folder.resolve("export");
        try (GZIPOutputStream zipped = new GZIPOutputStream(Files.newOutputStream(file))) {
            zipped.write("""
                    TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT
                    1,2026-03-01 00:12:09,c7,t3,12.50
                    2,2026-03-01 10:02:11,c7,t3,-4
                    3,2026-03-01 10:05:00,c9,"t
                    1",lots
                    4,2026-03-01
                    """.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(run("try", CARD_FRAUD, file.toString(), "--format", "csv", "--only", "rejected", "--limit", "2"))
                .isZero();
        assertThat(out.toString())
                .startsWith("""
                        line 3  2  rejected by transform: quality.amount-positive
                          check 'amount-positive' failed: tx_amount > 0
                          {"transaction_id":"2","tx_datetime":"2026-03-01 10:02:11","customer_id":"c7","terminal_id":"t3","tx_amount":"-4"}

                        line 4  rejected by ingest: wrong_type
                          field 'tx_amount': expected a decimal number such as 12.50, got the text 'lots'
                        """)
                .doesNotContain("line 6")
                .containsPattern("events in +4\n  clean +1\n  rejected +3\n    ingest: malformed +1\n");
    }

    @Test
    void reads_events_that_call_their_fields_otherwise() throws Exception {
        Path pipeline = Files.writeString(folder.resolve("clicks.yaml"), """
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: clicks }
                spec:
                  event:
                    key: user_id
                    time: clicked_at
                    fields:
                      user_id:    { type: string, from: userId, required: true }
                      clicked_at: { type: timestamp, from: "Clicked At", required: true }
                  sources: [{ http: {} }]
                """);
        Path csv = Files.writeString(folder.resolve("clicks.csv"), "USERID,Clicked At\nu1,2026-03-01T10:00:00Z\n");
        Path json = Files.writeString(
                folder.resolve("clicks.ndjson"), "{\"userId\": \"u1\", \"Clicked At\": \"2026-03-01T10:00:00Z\"}\n");
        for (Path file : List.of(csv, json)) {
            out.getBuffer().setLength(0);
            assertThat(run("try", pipeline.toString(), file.toString())).isZero();
            assertThat(out.toString()).contains("event  user_id=u1  clicked_at=2026-03-01T10:00:00Z");
        }
    }

    @Test
    void gives_machines_a_json_object_a_line_from_standard_input() throws Exception {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(Files.readAllBytes(FILES.resolve("orders.ndjson"))));
        try {
            assertThat(run("try", ORDERS, "-", "--json", "--only", "left-out", "--reference", TERMINALS))
                    .isZero();
        } finally {
            System.setIn(before);
        }
        assertThat(out.toString().lines()).hasSize(3).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        assertThat(out.toString())
                .contains("\"where\":\"line 3\",\"id\":\"o2\",\"outcome\":\"left-out\",\"step\":\"deduplicate\"")
                .contains("{\"summary\":{\"in\":8,\"clean\":4,");
    }

    @Test
    void prints_every_mistake_of_a_declaration_with_its_place() throws Exception {
        Path bad = folder.resolve("bad.yaml");
        Files.writeString(
                bad,
                Files.readString(Path.of(ORDERS))
                        .replace("amt < 1000", "amount < 1000")
                        .replace("filter: country", "filter: contry"));
        assertThat(run("try", bad.toString(), EVENTS)).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines())
                .containsExactly(
                        bad + ":18:33: spec.quality[0].check: unknown field or function 'amount'. Did you mean 'amt'?",
                        bad + ":21:15: spec.transform[1].filter: unknown field or function 'contry'. Did you mean"
                                + " 'country'?");
    }

    @Test
    void says_so_where_a_file_is_not_there_or_its_header_is_no_use() throws Exception {
        assertThat(run("explain", "nowhere.yaml")).isEqualTo(1);
        Path file = Files.writeString(folder.resolve("a.csv"), "id,at\n1,2026-03-01T00:00:00Z\n");
        assertThat(run("try", ORDERS, file.toString(), "--reference", TERMINALS))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("millrace: there is no file nowhere.yaml")
                .contains("the header has no column for the required customer; it has id, at");
    }

    @Test
    void takes_labels_only_that_a_window_counts() {
        assertThat(run("try", ORDERS, EVENTS, "--labels", "refunds=" + EVENTS, "--reference", TERMINALS))
                .isEqualTo(1);
        assertThat(err.toString()).contains("no window of the pipeline counts labels 'refunds'");
    }

    @Test
    void makes_tokens_with_the_secrets_of_a_folder() throws Exception {
        Files.writeString(folder.resolve("order-tokens"), "sixteen bytes and more");
        assertThat(run("try", ORDERS, EVENTS, "--secrets", folder.toString(), "--limit", "1", "--reference", TERMINALS))
                .isZero();
        assertThat(out.toString()).contains("tokenize").doesNotContain("customer=drnomnlwNZHHNZkvwFRe1w");
        assertThat(run("try", ORDERS, EVENTS, "--secrets", "nowhere", "--reference", TERMINALS))
                .isEqualTo(1);
        assertThat(err.toString()).contains("the secret 'order-tokens' can not be read from nowhere");
    }

    @Test
    void says_which_reference_it_lacks_or_can_not_use() throws Exception {
        assertThat(run("try", ORDERS, EVENTS)).isEqualTo(1);
        assertThat(run("try", ORDERS, EVENTS, "--reference", TERMINALS, "--reference", "shops=x.csv"))
                .isEqualTo(1);
        Path file = Files.writeString(folder.resolve("other.csv"), "code,vta\nBE,21\n");
        assertThat(run("try", ORDERS, EVENTS, "--reference", TERMINALS, "--reference", "countries.csv=" + file))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "millrace: the rows of the topic 'terminals' are not known here: --reference terminals=FILE names"
                                + " a CSV or NDJSON file that has them, with the records' keys as 'terminal'",
                        "millrace: no lookup of the pipeline has a reference 'shops'; those that there are:"
                                + " [countries.csv, terminals]",
                        "millrace: the reference file " + file
                                + ": the header has no column for the required vat; it has code, vta");
    }

    private int run(String... arguments) {
        CommandLine commandLine = AuthorCommands.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    private static String golden(String name) throws IOException {
        return Files.readString(FILES.resolve(name));
    }
}
