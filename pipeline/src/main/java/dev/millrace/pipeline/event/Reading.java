package dev.millrace.pipeline.event;

import java.util.List;

/** What came of reading a record: its row, or everything that is wrong with it. */
public sealed interface Reading {
    /** The record is as declared. */
    record Read(Row row) implements Reading {}

    /** The record is not as declared; there is at least one violation. */
    record Refused(List<Violation> violations) implements Reading {
        public Refused {
            violations = List.copyOf(violations);
        }
    }
}
