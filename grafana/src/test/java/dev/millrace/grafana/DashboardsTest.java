package dev.millrace.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every dashboard has in common. */
class DashboardsTest {
    @Test
    void the_files_are_what_the_boards_say() throws Exception {
        if ("write".equals(System.getProperty("millrace.dashboards"))) {
            Dashboards.write(Grafana.DASHBOARDS);
        }
        List<String> names = new ArrayList<>();
        for (Board board : Dashboards.all()) {
            assertThat(Files.readString(Grafana.DASHBOARDS.resolve(board.fileName())))
                    .as("%s is out of date; ./mvnw -pl grafana test -Dmillrace.dashboards=write", board.fileName())
                    .isEqualTo(BoardJson.of(board));
            names.add(board.fileName());
        }
        assertThat(Grafana.dashboards().keySet()).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void each_can_be_found_and_is_read_only() throws Exception {
        Set<String> uids = new HashSet<>();
        for (Map.Entry<String, JsonNode> entry : Grafana.dashboards().entrySet()) {
            JsonNode board = entry.getValue();
            assertThat(board.path("id").isNull()).as(entry.getKey()).isTrue();
            assertThat(uids.add(board.path("uid").asText()))
                    .as("uid of " + entry.getKey())
                    .isTrue();
            assertThat(board.path("uid").asText() + ".json").isEqualTo(entry.getKey());
            assertThat(board.path("schemaVersion").asInt()).isEqualTo(39);
            assertThat(board.path("editable").asBoolean(true)).isFalse();
            assertThat(board.path("graphTooltip").asInt()).isEqualTo(1);
            assertThat(board.has("__inputs")).isFalse();
            assertThat(board.path("title").asText()).startsWith("Millrace / ");
            assertThat(board.path("description").asText()).isNotBlank();
            assertThat(board.path("tags").toString()).contains("millrace");
            JsonNode link = board.path("links").path(0);
            assertThat(link.path("keepTime").asBoolean()).isTrue();
            assertThat(link.path("includeVars").asBoolean()).isTrue();
        }
    }

    @Test
    void no_panel_lies_on_another_and_none_is_out_of_the_page() throws Exception {
        Grafana.dashboards().forEach((file, board) -> {
            Set<String> taken = new HashSet<>();
            Set<Integer> ids = new HashSet<>();
            for (JsonNode panel : board.path("panels")) {
                lies(file, panel, taken, ids);
                Set<String> inside = new HashSet<>(taken);
                panel.path("panels").forEach(nested -> lies(file, nested, inside, ids));
            }
        });
    }

    private static void lies(String file, JsonNode panel, Set<String> taken, Set<Integer> ids) {
        String name = file + ": " + panel.path("title").asText();
        assertThat(ids.add(panel.path("id").asInt())).as("id of " + name).isTrue();
        JsonNode place = panel.path("gridPos");
        assertThat(place.path("x").asInt() + place.path("w").asInt()).as(name).isLessThanOrEqualTo(24);
        for (int x = 0; x < place.path("w").asInt(); x++) {
            for (int y = 0; y < place.path("h").asInt(); y++) {
                assertThat(taken.add((place.path("x").asInt() + x) + "/"
                                + (place.path("y").asInt() + y)))
                        .as(name + " lies on another panel")
                        .isTrue();
            }
        }
    }
}
