package dev.millrace.training.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a training of recommendations found: a page of HTML that needs no other file, and the same as JSON.
 *
 * @param title what was trained
 * @param trainedOn on what, in words
 * @param tested the measures of each that was tested, by its name
 * @param trials each candidate and its criterion, a line each
 * @param decision what came of it, a line each
 */
public record RecommendReport(
        String title,
        String trainedOn,
        Map<String, Map<String, Double>> tested,
        List<String> trials,
        List<String> decision) {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Writes {@code report.html} and {@code report.json} into a folder. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("report.html"), html());
        ObjectNode report = JSON.createObjectNode().put("title", title).put("trainedOn", trainedOn);
        report.set("decision", JSON.valueToTree(decision));
        report.set("tested", JSON.valueToTree(tested));
        report.set("candidates", JSON.valueToTree(trials));
        Files.writeString(folder.resolve("report.json"), JSON.writeValueAsString(report) + "\n");
    }

    private String html() {
        StringBuilder page = new StringBuilder("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>")
                .append(escaped(title))
                .append("</title><style>body{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}"
                        + "table{border-collapse:collapse}td,th{padding:.2rem .8rem;border-bottom:1px solid #ccc;"
                        + "text-align:right}td:first-child,th:first-child{text-align:left}</style><h1>")
                .append(escaped(title))
                .append("</h1><p>")
                .append(escaped(trainedOn))
                .append("</p>");
        list(page, "Decision", decision);
        page.append("<h2>Test</h2><table><tr><th></th>");
        List<String> measures = List.copyOf(tested.values().iterator().next().keySet());
        measures.forEach(measure -> page.append("<th>").append(escaped(measure)).append("</th>"));
        page.append("</tr>");
        tested.forEach((name, values) -> {
            page.append("<tr><td>").append(escaped(name)).append("</td>");
            measures.forEach(measure -> page.append("<td>")
                    .append(values.containsKey(measure) ? String.format(Locale.ROOT, "%.4f", values.get(measure)) : "")
                    .append("</td>"));
            page.append("</tr>");
        });
        page.append("</table>");
        list(page, "Candidates", trials);
        return page.append("</html>\n").toString();
    }

    private static void list(StringBuilder page, String heading, List<String> lines) {
        page.append("<h2>").append(heading).append("</h2><ul>");
        lines.forEach(line -> page.append("<li>").append(escaped(line)).append("</li>"));
        page.append("</ul>");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
