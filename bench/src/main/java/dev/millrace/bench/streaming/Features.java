package dev.millrace.bench.streaming;

/** Three sliding windows at two keys, as they are declared. */
final class Features {
    static final String PIPELINE = "features";
    static final String RAW = "millrace.features.raw";
    static final String CLEAN = "millrace.features.clean";

    static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: features }
            spec:
              event:
                id: transaction_id
                key: customer_id
                time: tx_datetime
                fields:
                  transaction_id: { type: string, required: true }
                  tx_datetime:    { type: timestamp, required: true, formats: ["yyyy-MM-dd HH:mm:ss"] }
                  customer_id:    { type: string, required: true }
                  terminal_id:    { type: string, required: true }
                  tx_amount:      { type: double, required: true }
              sources: [{ http: {} }]
              transform:
                - window: { by: customer_id, over: [1d, 7d, 30d], precision: 1s, compute: { customer_count: "count()", customer_mean: "mean(tx_amount)" } }
                - window: { by: terminal_id, over: [1d, 7d, 30d], precision: 1s, compute: { terminal_count: "count()", terminal_mean: "mean(tx_amount)" } }
            """;

    private Features() {}
}
