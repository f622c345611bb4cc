package dev.millrace.grafana;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the dashboards: {@code ./mvnw -pl grafana test -Dmillrace.dashboards=write}. */
public final class Dashboards {
    private Dashboards() {}

    /** All boards, in the order in which one comes to them. */
    static List<Board> all() {
        return List.of(
                OverviewBoard.board(),
                ServiceBoards.ingest(),
                ServiceBoards.transform(),
                ServiceBoards.model(),
                ServiceBoards.load(),
                KafkaBoard.board(),
                ModelsBoard.board(),
                WarehouseBoard.board(),
                JvmBoard.board(),
                SloBoard.board(),
                AutoscalingBoard.board());
    }

    static void write(Path folder) throws IOException {
        for (Board board : all()) {
            Files.writeString(folder.resolve(board.fileName()), BoardJson.of(board));
        }
    }
}
