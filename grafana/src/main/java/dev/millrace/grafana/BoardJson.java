package dev.millrace.grafana;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes a board as Grafana's JSON, schema version 39 (Grafana 10.4; later ones migrate it). The same board gives the same bytes. */
final class BoardJson {
    private static final int COLUMNS = 24;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATASOURCE = "${datasource}";

    private final Board board;
    private int ids;

    private BoardJson(Board board) {
        this.board = board;
    }

    static String of(Board board) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"));
        printer.indentObjectsWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"));
        try {
            return JSON.writer(printer).writeValueAsString(new BoardJson(board).dashboard()) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode dashboard() {
        ObjectNode json = JSON.createObjectNode();
        json.putNull("id");
        json.put("uid", board.uid());
        json.put("title", "Millrace / " + board.title());
        json.put("description", board.description());
        json.putArray("tags").add("millrace");
        json.put("schemaVersion", 39);
        json.put("version", 1);
        json.put("editable", false);
        json.put("graphTooltip", 1);
        json.put("refresh", "30s");
        json.put("timezone", "browser");
        json.put("fiscalYearStartMonth", 0);
        json.put("liveNow", false);
        json.put("weekStart", "");
        json.putObject("time").put("from", "now-1h").put("to", "now");
        json.putObject("timepicker");
        json.set("links", links());
        json.putObject("annotations").set("list", annotations());
        json.putObject("templating").set("list", variables());
        json.set("panels", panels());
        return json;
    }

    private static ArrayNode links() {
        ArrayNode links = JSON.createArrayNode();
        links.addObject()
                .put("type", "dashboards")
                .put("title", "Millrace")
                .put("asDropdown", true)
                .put("includeVars", true)
                .put("keepTime", true)
                .put("targetBlank", false)
                .put("icon", "external link")
                .put("tooltip", "The other dashboards of Millrace")
                .put("url", "")
                .putArray("tags")
                .add("millrace");
        return links;
    }

    private static ArrayNode annotations() {
        ArrayNode list = JSON.createArrayNode();
        annotation(
                list,
                "Starts",
                "changes(process_start_time_seconds{namespace=~\"$namespace\",job=~\"$job\",instance=~\"$instance\"}[$__rate_interval]) > 0",
                "{{job}} {{instance}} was started",
                "blue",
                true);
        annotation(
                list,
                "Models",
                "changes(count by (model, version) (millrace_model_info{namespace=~\"$namespace\"})[5m:]) > 0",
                "model {{model}} is version {{version}}",
                "purple",
                false);
        annotation(
                list,
                "Alerts",
                "max by (alertname, severity, pipeline, stage) (ALERTS{alertname=~\"Millrace.*\",alertstate=\"firing\",namespace=~\"$namespace\"})",
                "{{alertname}} {{pipeline}} {{stage}}",
                "red",
                false);
        return list;
    }

    private static void annotation(
            ArrayNode list, String name, String expression, String text, String color, boolean enabled) {
        ObjectNode annotation = list.addObject();
        annotation.put("name", name);
        annotation.put("enable", enabled);
        annotation.put("hide", false);
        annotation.put("iconColor", color);
        annotation.set("datasource", datasource());
        annotation.put("expr", expression);
        annotation.put("step", "60s");
        annotation.put("titleFormat", name);
        annotation.put("textFormat", text);
    }

    private ArrayNode variables() {
        ArrayNode list = JSON.createArrayNode();
        ObjectNode source = list.addObject();
        source.put("name", "datasource");
        source.put("label", "Data source");
        source.put("type", "datasource");
        source.put("query", "prometheus");
        source.put("regex", "");
        source.put("refresh", 1);
        source.put("hide", 0);
        source.put("multi", false);
        source.put("includeAll", false);
        source.putArray("options");
        source.putObject("current");
        String jobs = "job=~\"" + board.jobs() + "\"";
        // Outside of a cluster there is no namespace: everything has to match then too.
        variable(list, "namespace", "Namespace", "label_values(up{" + jobs + "}, namespace)", ".*");
        variable(list, "job", "Job", "label_values(up{" + jobs + ",namespace=~\"$namespace\"}, job)", ".+");
        variable(
                list,
                "instance",
                "Instance",
                "label_values(up{job=~\"$job\",namespace=~\"$namespace\"}, instance)",
                ".+");
        if (board.byPipeline()) {
            variable(
                    list,
                    "pipeline",
                    "Pipeline",
                    "label_values(millrace_events_total{namespace=~\"$namespace\"}, pipeline)",
                    ".*");
        }
        return list;
    }

    private static void variable(ArrayNode list, String name, String label, String query, String all) {
        ObjectNode variable = list.addObject();
        variable.put("name", name);
        variable.put("label", label);
        variable.put("type", "query");
        variable.set("datasource", datasource());
        variable.put("query", query);
        variable.put("definition", query);
        variable.put("refresh", 2);
        variable.put("regex", "");
        variable.put("sort", 1);
        variable.put("hide", 0);
        variable.put("multi", true);
        variable.put("includeAll", true);
        variable.put("allValue", all);
        variable.putArray("options");
        ObjectNode current = variable.putObject("current");
        current.put("selected", true);
        current.putArray("text").add("All");
        current.putArray("value").add("$__all");
    }

    private ArrayNode panels() {
        ArrayNode panels = JSON.createArrayNode();
        int y = 0;
        for (Row row : board.rows()) {
            ObjectNode header = panels.addObject();
            header.put("id", ++ids);
            header.put("type", "row");
            header.put("title", row.title());
            header.put("collapsed", row.collapsed());
            header.set("gridPos", position(0, y, COLUMNS, 1));
            ArrayNode inside = header.putArray("panels");
            y = lay(row.panels(), row.collapsed() ? inside : panels, y + 1);
        }
        return panels;
    }

    /** Lays panels from left to right, in lines as high as their highest; gives the first free line. */
    private int lay(List<Panel> row, ArrayNode into, int top) {
        int x = 0;
        int y = top;
        int height = 0;
        for (Panel panel : row) {
            if (x + panel.width() > COLUMNS) {
                x = 0;
                y += height;
                height = 0;
            }
            into.add(panel(panel, x, y));
            x += panel.width();
            height = Math.max(height, panel.height());
        }
        return y + height;
    }

    private ObjectNode panel(Panel panel, int x, int y) {
        ObjectNode json = JSON.createObjectNode();
        json.put("id", ++ids);
        json.put("type", panel.kind().type());
        json.put("title", panel.title());
        json.put("description", panel.description());
        json.set("datasource", datasource());
        json.set("gridPos", position(x, y, panel.width(), panel.height()));
        json.set("fieldConfig", fields(panel));
        json.set("options", options(panel));
        ArrayNode targets = json.putArray("targets");
        char ref = 'A';
        for (Query query : panel.queries()) {
            targets.add(target(panel, query, ref++));
        }
        if (panel.kind() == Panel.Kind.TABLE) {
            ArrayNode transformations = json.putArray("transformations");
            ObjectNode organize = transformations.addObject().put("id", "organize");
            organize.putObject("options")
                    .putObject("excludeByName")
                    .put("Time", true)
                    .put("__name__", true);
        }
        return json;
    }

    private ObjectNode target(Panel panel, Query query, char ref) {
        boolean instant = panel.kind() == Panel.Kind.STAT || panel.kind() == Panel.Kind.TABLE;
        ObjectNode target = JSON.createObjectNode();
        target.put("refId", String.valueOf(ref));
        target.set("datasource", datasource());
        target.put("editorMode", "code");
        target.put("expr", query.expanded(board.byPipeline()));
        target.put("legendFormat", query.legend());
        target.put("instant", instant);
        target.put("range", !instant);
        target.put("exemplar", !instant && query.expression().contains("_bucket"));
        target.put("format", format(panel.kind()));
        return target;
    }

    private static String format(Panel.Kind kind) {
        return switch (kind) {
            case TABLE -> "table";
            case HEATMAP -> "heatmap";
            default -> "time_series";
        };
    }

    private static ObjectNode fields(Panel panel) {
        ObjectNode config = JSON.createObjectNode();
        ObjectNode defaults = config.putObject("defaults");
        defaults.put("unit", panel.unit().id());
        if (panel.kind() == Panel.Kind.LINES && panel.unit() != Unit.NONE) {
            defaults.put("min", 0);
            panel.max().ifPresent(max -> defaults.put("max", max));
        }
        defaults.set("color", color(panel));
        defaults.set("thresholds", thresholds(panel));
        if (panel.kind() == Panel.Kind.LINES) {
            ObjectNode custom = defaults.putObject("custom");
            custom.put("drawStyle", "line");
            custom.put("lineWidth", 1);
            custom.put("fillOpacity", panel.stacked() ? 30 : 10);
            custom.put("showPoints", "never");
            custom.put("spanNulls", false);
            custom.putObject("stacking")
                    .put("mode", panel.stacked() ? "normal" : "none")
                    .put("group", "A");
            custom.putObject("thresholdsStyle").put("mode", panel.thresholds().isEmpty() ? "off" : "dashed");
        }
        config.putArray("overrides");
        return config;
    }

    private static ObjectNode color(Panel panel) {
        boolean judged = panel.kind() == Panel.Kind.STAT && !panel.thresholds().isEmpty();
        ObjectNode color = JSON.createObjectNode();
        color.put("mode", judged ? "thresholds" : panel.kind() == Panel.Kind.STAT ? "fixed" : "palette-classic");
        if (panel.kind() == Panel.Kind.STAT && !judged) {
            color.put("fixedColor", "text");
        }
        return color;
    }

    private static ObjectNode thresholds(Panel panel) {
        ObjectNode thresholds = JSON.createObjectNode();
        thresholds.put("mode", "absolute");
        ArrayNode steps = thresholds.putArray("steps");
        List<String> colors = panel.lowIsBad() ? List.of("red", "orange", "green") : List.of("green", "orange", "red");
        steps.addObject().put("color", colors.get(0)).putNull("value");
        for (int i = 0; i < panel.thresholds().size(); i++) {
            steps.addObject()
                    .put("color", colors.get(i + 1))
                    .put("value", panel.thresholds().get(i));
        }
        return thresholds;
    }

    private static ObjectNode options(Panel panel) {
        ObjectNode options = JSON.createObjectNode();
        switch (panel.kind()) {
            case STAT -> {
                options.put("colorMode", "value");
                options.put("graphMode", "none");
                options.put("textMode", panel.queries().size() > 1 ? "value_and_name" : "auto");
                options.put("justifyMode", "auto");
                options.put("orientation", "auto");
                ObjectNode reduce = options.putObject("reduceOptions");
                reduce.putArray("calcs").add("lastNotNull");
                reduce.put("fields", "");
                reduce.put("values", false);
            }
            case LINES -> {
                ObjectNode legend = options.putObject("legend");
                legend.put("displayMode", "table");
                legend.put("placement", "bottom");
                legend.put("showLegend", true);
                legend.putArray("calcs").add("lastNotNull").add("max");
                options.putObject("tooltip").put("mode", "multi").put("sort", "desc");
            }
            case TABLE -> {
                options.put("showHeader", true);
                options.put("cellHeight", "sm");
            }
            case HEATMAP -> {
                options.put("calculate", false);
                options.put("cellGap", 1);
                options.putObject("color")
                        .put("mode", "scheme")
                        .put("scheme", "Blues")
                        .put("steps", 64);
                options.putObject("yAxis").put("axisPlacement", "left").put("unit", "short");
                options.putObject("tooltip").put("mode", "single").put("yHistogram", false);
                options.putObject("legend").put("show", true);
            }
        }
        return options;
    }

    private static ObjectNode position(int x, int y, int width, int height) {
        return JSON.createObjectNode()
                .put("h", height)
                .put("w", width)
                .put("x", x)
                .put("y", y);
    }

    private static ObjectNode datasource() {
        return JSON.createObjectNode().put("type", "prometheus").put("uid", DATASOURCE);
    }
}
