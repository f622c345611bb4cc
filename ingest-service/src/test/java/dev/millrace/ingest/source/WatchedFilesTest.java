package dev.millrace.ingest.source;

import static dev.millrace.ingest.Requests.bytes;
import static dev.millrace.ingest.Requests.gzip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.ingest.Payments;
import dev.millrace.ingest.Requests;
import dev.millrace.ingest.Tail;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.rejection.Rejection;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Each test has a pipeline and a folder of its own; 50 records are committed at once. */
@QuarkusTest
class WatchedFilesTest {
    private static final String MARKER = "settled-";
    private static final String HEADER = "payment_id,customer,at,amount\n";

    @ConfigProperty(name = "millrace.data.dir")
    Path data;

    @ConfigProperty(name = "millrace.pipelines.dir")
    Path pipelines;

    private String name;
    private Path folder;
    private Path markers;
    private Tail raw;
    private Tail rejected;

    @BeforeEach
    void declare(TestInfo test) throws IOException {
        String words = test.getTestMethod().orElseThrow().getName().replace('_', '-');
        name = "t" + Integer.toHexString(words.hashCode()) + "-" + System.nanoTime() % 1000000;
        folder = Files.createDirectory(data.resolve(name));
        markers = Files.createDirectory(data.resolve(name + "-markers"));
        declare("**");
        Requests.awaitPipeline(name);
        raw = Tail.wholeRaw(name);
        rejected = Tail.wholeRejected(name);
    }

    @AfterEach
    void withdraw() throws IOException {
        raw.close();
        rejected.close();
        Files.delete(declaration());
    }

    @Test
    void reads_csv_and_ndjson_plain_and_zipped_each_once() throws IOException {
        put("a.csv", bytes(HEADER + row("a1") + "\n" + row("a2") + "\n"));
        put("b.csv.gz", gzip(bytes(HEADER + row("b1") + "\n")));
        put("c.ndjson", bytes(Payments.json("c1") + "\n" + Payments.json("c2") + "\n"));
        put("deep/d.jsonl.gz", gzip(bytes(Payments.json("d1") + "\n")));

        awaitEvents(6);
        settle();

        assertThat(ids()).containsExactlyInAnyOrder("a1", "a2", "b1", "c1", "c2", "d1");
        assertThat(raw.read())
                .anySatisfy(record -> assertThat(Tail.header(record, EventHeaders.SOURCE))
                        .isEqualTo("file:" + name + "/a.csv#line-3"));
    }

    @Test
    void reads_only_what_its_glob_names_and_nothing_unfinished() throws IOException {
        // Not an edit: until it is taken up, the files would be read as they were declared before.
        Files.delete(declaration());
        Requests.awaitNoPipeline(name);
        declare("in/*");
        Requests.awaitPipeline(name);
        put("in/yes.csv", bytes(HEADER + row("yes") + "\n"));
        put("in/no.txt", bytes(HEADER + row("no-glob") + "\n"));
        put("in/below/no.csv", bytes(HEADER + row("no-below") + "\n"));
        put("in/.hidden.csv", bytes(HEADER + row("no-hidden") + "\n"));
        put("no.csv", bytes(HEADER + row("no-above") + "\n"));

        awaitEvents(1);
        settle();

        assertThat(ids()).containsExactly("yes");
    }

    @Test
    void reads_a_file_on_that_grows() throws IOException {
        put("grows.csv", bytes(HEADER + row("g1") + "\n"));
        awaitEvents(1);

        append("grows.csv", row("g2") + "\n" + row("g3") + "\n");
        awaitEvents(3);
        settle();

        assertThat(ids()).containsExactly("g1", "g2", "g3");
    }

    @Test
    void reads_another_file_that_takes_the_place_of_one() throws IOException {
        put("daily.csv", bytes(HEADER + row("monday-1") + "\n" + row("monday-2") + "\n"));
        awaitEvents(2);

        put("daily.csv", bytes(HEADER + row("tuesday-1") + "\n" + row("tuesday-2") + "\n"));
        awaitEvents(4);
        settle();

        assertThat(ids()).containsExactlyInAnyOrder("monday-1", "monday-2", "tuesday-1", "tuesday-2");
    }

    @Test
    void reads_another_file_that_takes_the_place_of_one_seen_empty() throws IOException {
        put("spool.ndjson", new byte[0]);
        settle();
        put("spool.ndjson", bytes(Payments.json("first") + "\n" + Payments.json("second") + "\n"));
        awaitEvents(2);

        put(
                "spool.ndjson",
                bytes(Payments.json("third") + "\n" + Payments.json("fourth") + "\n" + Payments.json("fifth") + "\n"));
        awaitEvents(5);

        assertThat(ids()).containsExactlyInAnyOrder("first", "second", "third", "fourth", "fifth");
    }

    @Test
    void loses_no_line_whose_end_is_written_later() throws IOException {
        String late = Payments.json("late");
        put("slow.ndjson", bytes(Payments.json("early") + "\n" + late.substring(0, 30)));
        awaitEvents(1);
        settle();

        append("slow.ndjson", late.substring(30) + "\n" + Payments.json("last") + "\n");
        awaitEvents(3);
        settle();

        assertThat(ids()).containsExactly("early", "late", "last");
    }

    @Test
    void takes_no_half_row_whose_end_is_written_later() throws IOException {
        put("slow.csv", bytes(HEADER + row("early") + "\n" + "late,c-1,2026-03-01 14:30:00,12"));
        awaitEvents(1);

        append("slow.csv", "34.50\n" + row("last") + "\n");
        awaitEvents(3);
        settle();

        assertThat(ids()).containsExactly("early", "late", "last");
        assertThat(raw.values().get(1)).contains("1234.50");
    }

    @Test
    void reads_a_last_row_that_no_newline_ends() throws IOException {
        put("open.csv", bytes(HEADER + row("o1") + "\n" + row("o2")));

        awaitEvents(2);
        settle();

        assertThat(ids()).containsExactly("o1", "o2");
    }

    @Test
    void loses_and_doubles_nothing_when_it_is_restarted_in_the_middle_of_a_file() throws IOException {
        List<String> ids = IntStream.range(0, 10_000).mapToObj(i -> "r" + i).toList();
        put(
                "long.csv",
                bytes(HEADER + ids.stream().map(WatchedFilesTest::row).collect(Collectors.joining("\n")) + "\n"));

        for (int restart = 1; restart <= 3; restart++) {
            awaitEvents(restart * 500);
            declare("*".repeat(restart % 2 + 1));
        }
        assertThat(ids()).as("restarted before the end").hasSizeLessThan(ids.size());
        awaitEvents(ids.size());
        settle();

        assertThat(ids()).containsExactlyElementsOf(ids);
        assertThat(rejected.read()).isEmpty();
    }

    @Test
    void does_not_read_a_file_again_after_a_restart() throws IOException {
        put("once.csv", bytes("customer,at,amount\nc,2026-03-01 14:30:00,1\nc,2026-03-01 14:30:00,oops\n"));
        awaitEvents(1);
        rejected.await(1);

        declare("*");
        put("next.csv", bytes(HEADER + row("next") + "\n"));
        awaitEvents(2);
        settle();

        assertThat(ids()).hasSize(2);
        assertThat(rejected.read()).hasSize(1);
    }

    @Test
    void rejects_bad_rows_and_goes_on() throws IOException {
        put(
                "bad.csv",
                bytes("\uFEFF" + HEADER + row("ok-1") + "\r\nragged\r\n"
                        + row("nan").replace("12.50", "NaN") + "\r\n"
                        + row("no-day").replace("03-01", "02-30") + "\r\n\"ok\n2\",c,2026-03-01 14:30:00,1\r\n"));

        awaitEvents(2);
        rejected.await(3);

        assertThat(ids()).containsExactlyInAnyOrder("ok-1", "ok\n2");
        assertThat(rejected.rejections())
                .extracting(rejection -> rejection.source() + " " + rejection.reason())
                .containsExactlyInAnyOrder(
                        "file:" + name + "/bad.csv#line-3 malformed",
                        "file:" + name + "/bad.csv#line-4 wrong_type",
                        "file:" + name + "/bad.csv#line-5 wrong_type");
    }

    @Test
    void rejects_a_truncated_gzip_once_and_goes_on_with_the_next_file() throws IOException {
        byte[] whole = gzip(bytes(HEADER
                + IntStream.range(0, 2_000).mapToObj(i -> row("t" + i)).collect(Collectors.joining("\n"))
                + "\n"));
        put("1-cut.csv.gz", Arrays.copyOf(whole, whole.length / 2));
        put("2-header.csv", bytes("when,what\n1,2\n"));
        put("3-good.csv", bytes(HEADER + row("good") + "\n"));

        await().until(() -> ids().contains("good"));
        rejected.await(2);
        settle();
        assertThat(rejected.rejections())
                .hasSize(2)
                .allSatisfy(rejection -> assertThat(rejection.reason().code()).isEqualTo("malformed"));
        assertThat(rejected.rejections().stream().map(Rejection::message).collect(Collectors.joining()))
                .contains("ZLIB")
                .contains("no column for the required customer, at, amount");

        put("1-cut.csv.gz", whole);
        awaitEvents(2_001);
        settle();
        assertThat(ids().stream().distinct()).hasSize(2_001);
        assertThat(ids()).hasSize(2_001);
    }

    @Test
    void is_not_stalled_by_rows_that_are_too_large_for_the_broker() throws IOException {
        String swallowed =
                IntStream.range(0, 60_000).mapToObj(i -> "\"\"" + row("w" + i)).collect(Collectors.joining("\n"));
        put("1-quote.csv", bytes(HEADER + row("first") + "\nx,c,\"" + swallowed));
        put("2-line.ndjson", bytes("x".repeat(3_000_000) + "\n" + Payments.json("second") + "\n"));
        put(
                "3-key.ndjson",
                bytes(Payments.json("key").replace("c-1", "k".repeat(900_000)) + "\n" + Payments.json("third") + "\n"));

        awaitEvents(3);

        assertThat(ids()).containsExactlyInAnyOrder("first", "second", "third");
        rejected.await(3);
        assertThat(rejected.rejections())
                .extracting(rejection -> rejection.reason().code())
                .containsExactlyInAnyOrder("too_large", "too_large", "too_large");
    }

    @Test
    void reads_labels_from_files_and_counts_none_of_them_as_events() throws IOException {
        try (Tail labels = Tail.wholeLabels(name)) {
            put("cb/a.chargebacks", bytes("PAYMENT_ID,Label,why\np1,1,fraud\np2,true,\np3,maybe,\np4,0.5,\n"));
            put("cb/b.chargebacks", bytes("PAYMENT_ID,label\np1,false\n"));

            labels.await(4);
            settle();

            assertThat(labels.values())
                    .containsExactlyInAnyOrder(
                            "{\"payment_id\":\"p1\",\"label\":1.0,\"why\":\"fraud\"}",
                            "{\"payment_id\":\"p2\",\"label\":true}",
                            "{\"payment_id\":\"p4\",\"label\":0.5}",
                            "{\"payment_id\":\"p1\",\"label\":false}");
            assertThat(labels.read()).extracting(record -> record.key()).contains("p1", "p2", "p4");
            assertThat(ids()).isEmpty();
            Rejection rejection = rejected.rejection();
            assertThat(rejection.message())
                    .contains("field 'label': expected a number, true or false, got the text 'maybe'");
            assertThat(rejection.source()).isEqualTo("file:" + name + "/cb/a.chargebacks#line-4");
            assertThat(RestAssured.get("/q/metrics").asString().lines())
                    .contains(
                            "millrace_events_total{outcome=\"label\",pipeline=\"" + name + "\",stage=\"ingest\"} 4.0");
        }
    }

    @Test
    void reads_events_and_labels_from_the_same_file() throws IOException {
        try (Tail labels = Tail.wholeLabels(name)) {
            put("both.csv.chargebacks", bytes(HEADER.replace("\n", ",label\n") + row("both") + ",1\n"));

            awaitEvents(1);
            labels.await(1);

            assertThat(ids()).containsExactly("both");
            assertThat(labels.read().get(0).key()).isEqualTo("both");
        }
    }

    @Test
    void says_how_long_a_file_waits() throws IOException {
        put("a.csv", bytes(HEADER + row("a") + "\n"));
        awaitEvents(1);

        await().until(
                        () -> RestAssured.get("/q/metrics").asString(),
                        metrics -> metrics.lines()
                                .anyMatch(line -> line.startsWith("millrace_source_lag_seconds{")
                                        && line.contains("pipeline=\"" + name + "\"")
                                        && line.contains("source=\"file:" + name + "/**.csv*\"")
                                        && line.endsWith(" 0.0")));
    }

    @Test
    void says_how_long_a_file_waits_that_is_always_being_written() throws IOException {
        put("a.csv", bytes(HEADER + row("a") + "\n"));
        Path growing = folder.resolve("a.csv");
        Duration enough = Duration.ofSeconds(2);

        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10)).until(() -> {
            Files.writeString(growing, row("b" + System.nanoTime()) + "\n", StandardOpenOption.APPEND);
            return lagOfFiles() > enough.toMillis() / 1000.0;
        });

        await().until(this::lagOfFiles, lag -> lag == 0);
    }

    private double lagOfFiles() {
        return RestAssured.get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("millrace_source_lag_seconds{")
                        && line.contains("source=\"file:" + name + "/**.csv*\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(0);
    }

    /** Until every file was looked at twice more: the marker is read at its second look, after all others. */
    private void settle() throws IOException {
        String marker = MARKER + System.nanoTime();
        Path unfinished = markers.resolve(".marker");
        Files.writeString(unfinished, Payments.json(marker) + "\n");
        Files.move(unfinished, markers.resolve(marker + ".ndjson"), StandardCopyOption.ATOMIC_MOVE);
        await().until(() -> raw.ids().contains(marker));
    }

    private List<String> ids() {
        return raw.ids().stream().filter(id -> !id.startsWith(MARKER)).toList();
    }

    private void awaitEvents(int count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> ids().size() >= count);
    }

    private void declare(String glob) throws IOException {
        String sources = """
                file: { path: "%1$s/%2$s.csv*", format: csv }
                    - file: { path: "%1$s/%2$s.{ndjson,jsonl}*", format: ndjson }
                    - file: { path: "%1$s-markers/*.ndjson" }
                    - file: { path: "%1$s/**.chargebacks", format: csv, labels: chargebacks }\
                """.formatted(name, glob);
        Path unfinished = pipelines.resolve(name + ".unfinished");
        Files.writeString(unfinished, Payments.pipeline(name, sources));
        Files.move(unfinished, declaration(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path declaration() {
        return pipelines.resolve(name + ".yaml");
    }

    private void put(String file, byte[] content) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Path unfinished = path.resolveSibling("." + path.getFileName());
        Files.write(unfinished, content);
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void append(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text, StandardOpenOption.APPEND);
    }

    private static String row(String id) {
        return id + ",c-1,2026-03-01 14:30:00,12.50";
    }
}
