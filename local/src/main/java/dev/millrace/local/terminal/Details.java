package dev.millrace.local.terminal;

import java.util.ArrayList;
import java.util.List;

/** What there is to know of one thing: a name a line, and what it has, over several lines where it is long. Not thread-safe. */
public final class Details {
    private static final int NAME_WIDTH = 10;
    private static final int VALUE_WIDTH = 88;

    private final List<String> lines = new ArrayList<>();

    /** Adds a name and its value. */
    public Details line(String name, String value) {
        lines.add(String.format("  %-" + NAME_WIDTH + "s  %s", name, value));
        return this;
    }

    /** Adds a name and its values, as many in a line as fit; nothing where there are none. */
    public Details list(String name, List<String> values) {
        StringBuilder line = new StringBuilder();
        String label = name;
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i) + (i == values.size() - 1 ? "" : ",");
            if (line.length() > 0 && line.length() + 1 + value.length() > VALUE_WIDTH) {
                line(label, line.toString());
                line.setLength(0);
                label = "";
            }
            line.append(line.length() == 0 ? "" : " ").append(value);
        }
        if (line.length() > 0) {
            line(label, line.toString());
        }
        return this;
    }

    /** The lines, each indented by two blanks. */
    public List<String> lines() {
        return List.copyOf(lines);
    }
}
