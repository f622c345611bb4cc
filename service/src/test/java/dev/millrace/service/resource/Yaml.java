package dev.millrace.service.resource;

/** Declarations for tests. */
final class Yaml {
    static final String VALID = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: orders }
            spec:
              event:
                time: at
                fields:
                  at: { type: timestamp, required: true }
                  amount: { type: decimal }
              transform:
                - derive: { large: "amount > 100.0" }
            """;
    static final String CHANGED = VALID.replace("100.0", "200.0");
    static final String WRONG = VALID.replace("time: at", "time: att");
    static final String MISTAKE = "spec.event.time: no field 'att' in event.fields. Did you mean 'at'?";

    private Yaml() {}
}
