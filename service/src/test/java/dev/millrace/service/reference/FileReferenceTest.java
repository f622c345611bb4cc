package dev.millrace.service.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileReferenceTest {
    private static final String GOOD = "id,city_name,toll\n7,Ghent,1.50\n08,Bruges,\n";

    @TempDir
    Path folder;

    Path zones;
    int written;

    @BeforeEach
    void name() {
        zones = folder.resolve("zones.csv");
    }

    @Test
    void reads_rows_of_csv_and_of_json_lines_and_of_gzip() throws Exception {
        write(GOOD);
        assertThat(city(open(zones), "7")).contains("Ghent");
        assertThat(city(open(zones), "8")).contains("Bruges");
        assertThat(open(zones).find("8").orElseThrow().get("toll")).isNull();
        assertThat(open(zones).find("9")).isEmpty();

        Path lines = Files.writeString(
                folder.resolve("zones.ndjson"),
                "{\"id\": 7, \"city_name\": \"Ghent\", \"area\": 3}\n\n{\"id\": \"8\", \"toll\": 2}\n");
        assertThat(city(open(lines), "7")).contains("Ghent");
        assertThat(open(lines).find("8").orElseThrow().get("toll")).hasToString("2");

        Path zipped = folder.resolve("zones.csv.gz");
        try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            gzip.write(GOOD.getBytes());
        }
        assertThat(city(open(zipped), "7")).contains("Ghent");
    }

    @Test
    void one_row_that_is_not_as_declared_makes_the_file_useless_and_is_named() {
        assertRefused(
                "id,city_name\n7,Ghent\n", "the header has no column for the required toll; it has id, city_name");
        assertRefused(
                "id,city_name,toll\n7,Ghent\n", "line 2: the record: expected 3 cells, as in the header, got 2 cells");
        assertRefused(
                GOOD + "9,Ypres,much\n",
                "line 4: field 'toll': expected a decimal number such as 12.50, got the text 'much'");
        assertRefused(
                GOOD + ",Ypres,1\n", "line 4: field 'id' is required and missing: expected a whole number such as 42");
        assertRefused(GOOD + "007,Ypres,1\n", "line 4: the key '7' stands here a second time");
        assertRefused(
                "id,city_name,toll\n1,a,1\n2,b,1\n3,c,1\n4,d,1\n",
                "more than 3 rows; millrace.references.max-rows" + " allows more");
        assertThatThrownBy(() -> open(folder.resolve("none.csv")))
                .hasMessage("there is no reference file " + folder.resolve("none.csv")
                        + "; put it there, or set millrace.references.dir");
    }

    @Test
    void a_changed_file_is_read_once_it_stays_the_same() throws Exception {
        write(GOOD);
        FileReference reference = open(zones);

        write("id,city_name,toll\n7,Gh");
        reference.look();
        write("id,city_name,toll\n7,Gent,1.50\n");
        reference.look();
        assertThat(city(reference, "7")).as("it may be written still").contains("Ghent");
        assertThat(reference.problem()).isEmpty();

        reference.look();
        assertThat(city(reference, "7")).contains("Gent");
        assertThat(reference.find("8")).isEmpty();
        assertThat(reference.size()).isEqualTo(1);
    }

    @Test
    void a_broken_new_file_keeps_the_rows_of_the_old_one_and_says_so_until_it_is_mended() throws Exception {
        write(GOOD);
        FileReference reference = open(zones);

        write(GOOD + "9,Ypres,much\n");
        reference.look();
        reference.look();
        assertThat(city(reference, "7")).contains("Ghent");
        assertThat(reference.problem())
                .contains("the reference file " + zones
                        + ": line 4: field 'toll': expected a decimal number such as 12.50, got the text 'much'");

        Files.delete(zones);
        reference.look();
        assertThat(city(reference, "7")).contains("Ghent");
        assertThat(reference.problem()).contains("there is no reference file " + zones + " any more");

        write(GOOD + "9,Ypres,1\n");
        reference.look();
        reference.look();
        assertThat(city(reference, "9")).contains("Ypres");
        assertThat(reference.problem()).isEmpty();
    }

    @Test
    void a_link_that_is_swapped_below_the_file_as_kubernetes_does_is_a_change() throws Exception {
        for (String version : List.of("1", "2")) {
            Path data = Files.createDirectory(folder.resolve("v" + version));
            Files.writeString(data.resolve("zones.csv"), GOOD.replace("Ghent", "Ghent" + version));
            Files.setLastModifiedTime(data.resolve("zones.csv"), FileTime.from(Instant.EPOCH));
        }
        Files.createSymbolicLink(folder.resolve("data"), Path.of("v1"));
        Files.createSymbolicLink(zones, Path.of("data/zones.csv"));
        FileReference reference = open(zones);
        assertThat(city(reference, "7")).contains("Ghent1");

        Files.delete(folder.resolve("data"));
        Files.createSymbolicLink(folder.resolve("data"), Path.of("v2"));
        reference.look();
        reference.look();
        assertThat(city(reference, "7")).contains("Ghent2");
    }

    private void assertRefused(String csv, String why) {
        assertThatThrownBy(() -> {
                    write(csv);
                    open(zones);
                })
                .hasMessage("the reference file " + zones + ": " + why);
    }

    /** Each content has a time of its own, however coarse the file system's clock is. */
    private void write(String csv) throws IOException {
        Files.writeString(zones, csv);
        Files.setLastModifiedTime(
                zones, FileTime.from(Instant.parse("2026-03-01T00:00:00Z").plusSeconds(written++)));
    }

    private static FileReference open(Path file) throws UnreadableReferenceException {
        return new FileReference("trips", file, Shapes.zones("file: " + file.getFileName(), ", key: id"), 3);
    }

    private static Optional<String> city(FileReference reference, String key) {
        return reference.find(key).map(row -> (String) row.get("city_name"));
    }
}
