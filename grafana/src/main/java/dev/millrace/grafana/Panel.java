package dev.millrace.grafana;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A panel.
 *
 * @param kind how it is drawn
 * @param title its title
 * @param description what it shows and what to make of it
 * @param unit what its numbers are
 * @param width of 24
 * @param height in Grafana's rows
 * @param queries what it asks
 * @param thresholds from where on a number is yellow and red; below it is green. Empty for a number that is neither good nor
 *     bad
 * @param lowIsBad whether the thresholds are read the other way round
 * @param stacked whether lines are put on top of each other
 */
record Panel(
        Kind kind,
        String title,
        String description,
        Unit unit,
        int width,
        int height,
        List<Query> queries,
        List<Double> thresholds,
        boolean lowIsBad,
        boolean stacked) {
    enum Kind {
        STAT("stat"),
        LINES("timeseries"),
        TABLE("table"),
        HEATMAP("heatmap");

        private final String type;

        Kind(String type) {
            this.type = type;
        }

        String type() {
            return type;
        }
    }

    static Panel stat(String title, String description, Unit unit, String expression) {
        return new Panel(
                Kind.STAT,
                title,
                description,
                unit,
                3,
                4,
                List.of(new Query(expression, title)),
                List.of(),
                false,
                false);
    }

    static Panel lines(String title, String description, Unit unit) {
        return new Panel(Kind.LINES, title, description, unit, 8, 8, List.of(), List.of(), false, false);
    }

    static Panel table(String title, String description, Unit unit, String expression) {
        return new Panel(
                Kind.TABLE,
                title,
                description,
                unit,
                12,
                8,
                List.of(new Query(expression, "")),
                List.of(),
                false,
                false);
    }

    static Panel heatmap(String title, String description, Unit unit, String expression) {
        return new Panel(
                Kind.HEATMAP,
                title,
                description,
                unit,
                12,
                8,
                List.of(new Query(expression, "{{le}}")),
                List.of(),
                false,
                false);
    }

    /** With another question. */
    Panel ask(String legend, String expression) {
        List<Query> more = new ArrayList<>(queries);
        more.add(new Query(expression, legend));
        return new Panel(kind, title, description, unit, width, height, more, thresholds, lowIsBad, stacked);
    }

    /** The median, the 95th and the 99th percentile of a histogram, by those labels. */
    Panel percentiles(String histogram, String matchers, String by) {
        Panel panel = this;
        String labels = by.isEmpty() ? "" : ", " + by;
        String legend = by.isEmpty() ? "" : " {{" + by.replace(", ", "}} {{") + "}}";
        for (String percent : List.of("50", "95", "99")) {
            panel = panel.ask(
                    "p" + percent + legend,
                    "histogram_quantile(0." + percent + ", sum by (le" + labels + ") (rate(" + histogram + "_bucket{"
                            + matchers + "}[$__rate_interval])))");
        }
        return panel;
    }

    Panel wide(int columns) {
        return new Panel(kind, title, description, unit, columns, height, queries, thresholds, lowIsBad, stacked);
    }

    Panel stack() {
        return new Panel(kind, title, description, unit, width, height, queries, thresholds, lowIsBad, true);
    }

    /** Yellow and red from there on. */
    Panel bad(double yellow, double red) {
        return new Panel(kind, title, description, unit, width, height, queries, List.of(yellow, red), false, stacked);
    }

    /** Red up to the first, yellow up to the second. */
    Panel good(double yellow, double green) {
        return new Panel(kind, title, description, unit, width, height, queries, List.of(yellow, green), true, stacked);
    }

    /** The largest value that can be, where the unit has one. */
    OptionalDouble max() {
        return unit == Unit.RATIO ? OptionalDouble.of(1) : OptionalDouble.empty();
    }
}
