package dev.millrace.grafana;

import java.util.List;

/**
 * A dashboard.
 *
 * @param name the end of its uid and its file's name
 * @param title its title
 * @param description what it is for
 * @param jobs which jobs it can show, as a regular expression
 * @param byPipeline whether it can be limited to pipelines
 * @param rows its rows, from top to bottom
 */
record Board(String name, String title, String description, String jobs, boolean byPipeline, List<Row> rows) {
    String uid() {
        return "millrace-" + name;
    }

    String fileName() {
        return "millrace-" + name + ".json";
    }
}
