package dev.millrace.grafana;

import java.util.List;

/**
 * A row of panels.
 *
 * @param title its title
 * @param collapsed whether it is closed at first
 * @param panels its panels, from left to right; a line is 24 columns
 */
record Row(String title, boolean collapsed, List<Panel> panels) {
    static Row of(String title, Panel... panels) {
        return new Row(title, false, List.of(panels));
    }

    static Row closed(String title, Panel... panels) {
        return new Row(title, true, List.of(panels));
    }
}
