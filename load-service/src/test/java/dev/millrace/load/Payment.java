package dev.millrace.load;

import dev.millrace.pipeline.Pipeline;
import java.time.Instant;
import java.util.Locale;

/**
 * The event of most tests, a card payment.
 *
 * @param segment what the customer is, or null
 * @param terminal where it was, or null
 */
record Payment(String id, String at, String customer, String segment, Long terminal, String amount) {
    private static final Instant FIRST = Instant.parse("2026-03-01T00:00:00Z");
    private static final String DECLARATION = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: %1$s }
            spec:
              event:
                id: id
                key: customer
                time: at
                fields:
                  id:       { type: string, required: true }
                  at:       { type: timestamp, required: true }
                  customer: { type: string, required: true }
                  segment:  { type: string }
                  terminal: { type: integer }
                  amount:   { type: decimal, required: true }
              transform:
                - derive: { is_night: at.getHours() <= 6 }
              %2$s
              sinks:
                - postgres:
                    fact: { table: fact_%3$s, partition: month }
                    dimensions:
                      dim_%3$s_customer: { key: customer, attributes: [segment] }
                      dim_%3$s_terminal: { key: terminal }
            """;

    /** A pipeline of that name whose tables are {@code fact_<name>} and {@code dim_<name>_…}; no model scores it. */
    static Pipeline pipeline(String name) {
        return Feed.pipeline(declaration(name));
    }

    static Pipeline scoredPipeline(String name) {
        return Feed.pipeline(DECLARATION.formatted(name, "model: { name: fraud, alias: champion }", table(name)));
    }

    static String declaration(String name) {
        return DECLARATION.formatted(name, "", table(name));
    }

    private static String table(String name) {
        return name.replace('-', '_');
    }

    /** The payment of that number: one a minute, of 40 customers, at 60 terminals, of 0.01 more each. */
    static Payment number(int i) {
        return new Payment(
                String.format(Locale.ROOT, "p%07d", i),
                FIRST.plusSeconds(60L * i).toString(),
                "c" + i % 40,
                "private",
                (long) (i % 60),
                i / 100 + "." + String.format(Locale.ROOT, "%02d", i % 100));
    }

    Payment withId(String other) {
        return new Payment(other, at, customer, segment, terminal, amount);
    }

    Payment ofAmount(String other) {
        return new Payment(id, at, customer, segment, terminal, other);
    }

    Payment happenedAt(String other) {
        return new Payment(id, other, customer, segment, terminal, amount);
    }

    Payment inSegment(String other) {
        return new Payment(id, at, customer, other, terminal, amount);
    }

    Payment atTerminal(Long other) {
        return new Payment(id, at, customer, segment, other, amount);
    }

    String json() {
        return "{" + members() + "}";
    }

    String json(String score) {
        return "{" + members() + ",\"score\":" + score
                + ",\"label\":\"legit\",\"model\":\"fraud\",\"model_version\":\"7\"}";
    }

    private String members() {
        return "\"id\":\"%s\",\"at\":\"%s\",\"customer\":\"%s\",\"segment\":%s,\"terminal\":%d,\"amount\":%s,\"is_night\":false"
                .formatted(id, at, customer, segment == null ? "null" : '"' + segment + '"', terminal, amount);
    }
}
