package dev.millrace.ingest;

/** The events that the tests send, and the declaration they are held against. */
public final class Payments {
    private Payments() {}

    /** A declaration of that name with that source. */
    public static String pipeline(String name, String source) {
        return """
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: %s }
                spec:
                  event:
                    id: payment_id
                    key: customer
                    time: at
                    fields:
                      payment_id: { type: string }
                      customer:   { type: string, required: true }
                      at:         { type: timestamp, required: true, formats: ["yyyy-MM-dd HH:mm:ss", iso] }
                      amount:     { type: decimal, required: true }
                      items:      { type: integer }
                      ratio:      { type: double }
                      due:        { type: date }
                      urgent:     { type: boolean }
                      note:       { type: string }
                      extra:      { type: json }
                  labels: { chargebacks: {} }
                  sources:
                    - %s
                """.formatted(name, source);
    }

    /** A good event with that id. */
    public static String json(String id) {
        return "{\"payment_id\":\"" + id + "\",\"customer\":\"c-1\",\"at\":\"2026-03-01 14:30:00\",\"amount\":12.50}";
    }

    /** A good event without an id, told from others by its amount. */
    public static String anonymous(int amount) {
        return "{\"customer\":\"c-1\",\"at\":\"2026-03-01 14:30:00\",\"amount\":" + amount + "}";
    }

    /** A good event with one member more, given as JSON. */
    public static String with(String id, String member) {
        return json(id).replace("}", "," + member + "}");
    }
}
