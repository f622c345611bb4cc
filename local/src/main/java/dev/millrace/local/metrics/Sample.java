package dev.millrace.local.metrics;

import java.util.Map;

/**
 * One line of the Prometheus text format.
 *
 * @param name the metric's name, with its suffix
 * @param labels its labels
 * @param value its value
 */
public record Sample(String name, Map<String, String> labels, double value) {
    /** The label's value; empty if it has none. */
    public String label(String label) {
        return labels.getOrDefault(label, "");
    }
}
