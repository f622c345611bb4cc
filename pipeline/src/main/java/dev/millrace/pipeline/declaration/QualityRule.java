package dev.millrace.pipeline.declaration;

/** A check that every event has to pass. */
public record QualityRule(
        @Doc(
                value = "The check's name, in reasons and metrics.",
                example = "amount-positive",
                pattern = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
        String name,

        @Doc(
                value =
                        "A CEL expression over the event's fields that is true for a good event. One that reads a missing"
                                + " value without asking for null passes, as a CHECK does in SQL.",
                example = "tx_amount > 0.0")
        String check,

        @Doc(value = "What happens to an event that fails.", example = "reject")
        Otherwise otherwise) {

    /** What happens to an event that fails a check. */
    public enum Otherwise {
        @Doc("The event goes to the rejected topic and no further.")
        REJECT,
        @Doc("The event goes on; the check's name is added to its field quality_flags.")
        FLAG
    }
}
