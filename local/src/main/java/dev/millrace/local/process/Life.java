package dev.millrace.local.process;

import java.util.List;

/** How long a JVM that is started is to live, by which it compiles. */
public enum Life {
    /** Hours and days: it takes its time to find the fastest code. */
    LONG(List.of()),
    /** Minutes: on few cores the optimizing compiler would take more from the work than it gives back. */
    SHORT(List.of("-XX:TieredStopAtLevel=1"));

    private final List<String> options;

    Life(List<String> options) {
        this.options = options;
    }

    /** What the JVM is told. */
    public List<String> options() {
        return options;
    }
}
