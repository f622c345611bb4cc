package dev.millrace.transform.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Genre and segment of every interaction of the shop against a plain computation over its files. */
class ShopExampleTest {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    @Test
    void every_interaction_has_its_items_genre_and_its_users_segment() throws Exception {
        Map<String, String> genres = new HashMap<>();
        Files.readAllLines(ExampleRun.file("recommend", "items.csv")).stream()
                .map(line -> line.split(","))
                .forEach(cells -> genres.put(cells[0], cells[3]));
        List<String> lines = Files.readAllLines(ExampleRun.file("recommend", "interactions.csv"));
        ExampleRun run = ExampleRun.of("recommend", "interactions.csv");
        Map<String, List<LocalDateTime>> purchases = new HashMap<>();

        for (int line = 2; line <= lines.size(); line++) {
            String[] cells = lines.get(line - 1).split(",", -1);
            LocalDateTime at = LocalDateTime.parse(cells[5], TIME);
            List<LocalDateTime> own = purchases.computeIfAbsent(cells[1], user -> new ArrayList<>());
            long lately = own.stream()
                    .filter(bought -> bought.isAfter(at.minusDays(30)))
                    .count();
            JsonNode clean = run.clean(line);
            assertThat(clean.get("genre").asText()).isEqualTo(genres.get(cells[2]));
            assertThat(clean.get("segment").asText())
                    .as("line %d", line)
                    .isEqualTo(lately >= 3 ? "regular" : lately >= 1 ? "buyer" : "visitor");
            if (cells[3].equals("purchase")) {
                own.add(at);
            }
        }
        assertThat(run.outcomes()).isEqualTo(Map.of("clean", 3819L));
    }
}
