package dev.millrace.bench.streaming;

import dev.millrace.pipeline.topic.Topics;

/**
 * Three sliding windows at two keys, as they are declared.
 *
 * @param pipeline the pipeline's name
 * @param published whether the features of a key go to a topic of their own as well
 */
record Features(String pipeline, boolean published) {
    /** What {@link HandWritten} does. */
    static final Features PLAIN = new Features("features", false);
    /** As it is unless a window says otherwise. */
    static final Features PUBLISHED = new Features("features-published", true);

    private static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: %1$s }
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
                - window: { by: customer_id, over: [1d, 7d, 30d], precision: 1s, publish: %2$s, compute: { customer_count: "count()", customer_mean: "mean(tx_amount)" } }
                - window: { by: terminal_id, over: [1d, 7d, 30d], precision: 1s, publish: %2$s, compute: { terminal_count: "count()", terminal_mean: "mean(tx_amount)" } }
            """;

    String yaml() {
        return YAML.formatted(pipeline, published);
    }

    String raw() {
        return new Topics(pipeline).raw();
    }

    String clean() {
        return new Topics(pipeline).clean();
    }
}
