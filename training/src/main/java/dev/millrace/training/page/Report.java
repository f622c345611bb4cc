package dev.millrace.training.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.training.evaluate.Curves;
import dev.millrace.training.evaluate.Curves.Point;
import dev.millrace.training.fit.Fitted;
import dev.millrace.training.search.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a training found: one page of HTML that needs no other file, and the same as JSON.
 *
 * @param title what was trained
 * @param trainedOn on what, in words
 * @param chosen the model that was chosen by the validation weeks
 * @param models the best of each kind, tested; only the chosen one where there is no test
 * @param trials all candidates, the best first
 * @param decision what came of it, a line each
 */
public record Report(
        String title, String trainedOn, Fitted chosen, List<Fitted> models, List<Trial> trials, List<String> decision) {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int SIDE = 260;
    private static final int EDGE = 36;

    /** Writes {@code report.html} and {@code report.json} into a folder. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("report.html"), html());
        Files.writeString(folder.resolve("report.json"), JSON.writeValueAsString(json()) + "\n");
    }

    /** The report for programs. */
    public ObjectNode json() {
        ObjectNode report = JSON.createObjectNode().put("title", title).put("trainedOn", trainedOn);
        report.set("decision", JSON.valueToTree(decision));
        report.put("chosen", chosen.candidate().kind());
        ArrayNode tested = report.putArray("models");
        for (Fitted model : models) {
            ObjectNode one = tested.addObject().put("kind", model.candidate().kind());
            one.set("settings", JSON.valueToTree(model.candidate().settings()));
            one.set("metrics", JSON.valueToTree(model.metrics()));
            one.put("threshold", model.decision().threshold());
            one.put("largestDifferenceOfOnnx", model.largestDifference());
            Curves curves = Curves.of(model.test(), model.scores());
            one.set("roc", points(curves.roc()));
            one.set("precisionRecall", points(curves.precisionRecall()));
            one.set("calibration", points(curves.calibration()));
        }
        ArrayNode tried = report.putArray("candidates");
        for (Trial trial : trials) {
            ObjectNode one = tried.addObject().put("kind", trial.candidate().kind());
            one.set("settings", JSON.valueToTree(trial.candidate().settings()));
            one.set("averagePrecisions", JSON.valueToTree(trial.averagePrecisions()));
            one.put("meanAveragePrecision", trial.meanAveragePrecision());
        }
        return report;
    }

    private static ArrayNode points(List<Point> points) {
        ArrayNode array = JSON.createArrayNode();
        points.forEach(point -> array.addArray().add(rounded(point.x())).add(rounded(point.y())));
        return array;
    }

    private static double rounded(double value) {
        return Math.round(value * 1e6) / 1e6;
    }

    /** The report for people. */
    public String html() {
        StringBuilder page = new StringBuilder();
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(text(title))
                .append(
                        "</title>\n<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;"
                                + "color:#222;background:#fff}table{border-collapse:collapse;margin:1em 0}td,th{border-bottom:1px solid"
                                + " #ddd;padding:.3em .8em;text-align:right}td:first-child,th:first-child{text-align:left}"
                                + "figure{display:inline-block;margin:0 1em 1em 0}figcaption{font-size:13px;color:#555}"
                                + ".chosen{font-weight:600}</style></head>\n<body>\n<h1>")
                .append(text(title))
                .append("</h1>\n<p>")
                .append(text(trainedOn))
                .append("</p>\n<ul>\n");
        decision.forEach(line -> page.append("<li>").append(text(line)).append("</li>\n"));
        page.append("</ul>\n<h2>")
                .append(chosen.tested() ? "Test" : "By its validation weeks")
                .append("</h2>\n<table><tr><th>model</th>");
        chosen.metrics()
                .keySet()
                .forEach(name ->
                        page.append("<th>").append(text(name.replace('_', ' '))).append("</th>"));
        page.append("</tr>\n");
        for (Fitted model : models) {
            page.append(model == chosen ? "<tr class=\"chosen\"><td>" : "<tr><td>")
                    .append(text(model.candidate().kind().replace('_', ' ')))
                    .append("</td>");
            model.metrics()
                    .values()
                    .forEach(value -> page.append("<td>").append(value).append("</td>"));
            page.append("</tr>\n");
        }
        page.append("</table>\n");
        for (Fitted model : models) {
            Curves curves = Curves.of(model.test(), model.scores());
            page.append("<h3>")
                    .append(text(model.candidate().kind().replace('_', ' ')))
                    .append("</h3>\n<p>")
                    .append(text(settings(model.candidate().settings())))
                    .append("</p>\n")
                    .append(figure("ROC", "false positive rate", "recall", curves.roc(), true))
                    .append(figure("Precision and recall", "recall", "precision", curves.precisionRecall(), false))
                    .append(figure("Calibration", "mean score", "share of positive", curves.calibration(), true));
        }
        page.append("<h2>Candidates on the validation weeks</h2>\n<table><tr><th>candidate</th><th>mean average"
                + " precision</th><th>by week, the latest first</th></tr>\n");
        for (Trial trial : trials) {
            page.append("<tr><td>")
                    .append(text(trial.candidate().kind().replace('_', ' ') + ": "
                            + settings(trial.candidate().settings())))
                    .append(String.format(Locale.ROOT, "</td><td>%.4f</td><td>", trial.meanAveragePrecision()));
            trial.averagePrecisions().forEach(value -> page.append(String.format(Locale.ROOT, "%.4f ", value)));
            page.append("</td></tr>\n");
        }
        return page.append("</table>\n</body></html>\n").toString();
    }

    private static String settings(Map<String, String> settings) {
        StringBuilder text = new StringBuilder();
        settings.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(setting -> text.append(text.isEmpty() ? "" : ", ")
                        .append(setting.getKey())
                        .append(' ')
                        .append(setting.getValue()));
        return text.toString();
    }

    private static String figure(String title, String x, String y, List<Point> points, boolean diagonal) {
        StringBuilder svg = new StringBuilder();
        int size = SIDE + 2 * EDGE;
        svg.append(String.format(
                Locale.ROOT,
                "<figure><svg role=\"img\" aria-label=\"%s\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">",
                title,
                size,
                size,
                size,
                size));
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#bbb\"/>",
                EDGE,
                EDGE,
                SIDE,
                SIDE));
        for (int tenth = 0; tenth <= 10; tenth += 5) {
            svg.append(label(at(tenth / 10.0), size - EDGE + 14, "middle", tenth / 10.0))
                    .append(label(EDGE - 6, down(tenth / 10.0) + 4, "end", tenth / 10.0));
        }
        if (diagonal) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ccc\" stroke-dasharray=\"4 3\"/>",
                    at(0),
                    down(0),
                    at(1),
                    down(1)));
        }
        svg.append("<polyline fill=\"none\" stroke=\"#1f6feb\" stroke-width=\"2\" points=\"");
        points.forEach(point -> svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", at(point.x()), down(point.y()))));
        svg.append("\"/>");
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" font-size=\"12\" text-anchor=\"middle\">%s</text>",
                size / 2,
                size - 6,
                x));
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"12\" y=\"%d\" font-size=\"12\" text-anchor=\"middle\" transform=\"rotate(-90 12 %d)\">%s</text>",
                size / 2,
                size / 2,
                y));
        return svg.append("</svg><figcaption>")
                .append(title)
                .append("</figcaption></figure>\n")
                .toString();
    }

    private static String label(double x, double y, String anchor, double value) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" font-size=\"11\" fill=\"#555\" text-anchor=\"%s\">%.1f</text>",
                x,
                y,
                anchor,
                value);
    }

    private static double at(double x) {
        return EDGE + x * SIDE;
    }

    private static double down(double y) {
        return EDGE + (1 - y) * SIDE;
    }

    private static String text(String raw) {
        return raw.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
