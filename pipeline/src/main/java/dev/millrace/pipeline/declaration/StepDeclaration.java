package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.event.FieldType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Something done to every clean event; one key says which kind. */
public sealed interface StepDeclaration {
    /** New fields computed from the others. */
    @Doc(
            "New fields, each a CEL expression over the event's fields and other new ones, in any order. The field's type is the expression's.")
    record Derive(
            @Inline
            @Doc(
                    value = "The new fields' names and expressions.",
                    example = "{ is_night: \"tx_datetime.getHours() <= 6\" }",
                    keys = EventDeclaration.FIELD_NAME)
            Map<String, String> fields)
            implements StepDeclaration {}

    /** Only some events go on. */
    @Doc("Only events for which the CEL expression is true go on. The others are counted and noted in the topic"
            + " left-out; they are neither rejected nor loaded.")
    record Filter(
            @Inline @Doc(value = "The expression.", example = "\"country == 'BE'\"")
            String condition) implements StepDeclaration {}

    /** Fields under other names. */
    @Doc("Fields under other names. The event's id, key and time keep theirs.")
    record Rename(
            @Inline @Doc(value = "New names by old ones.", example = "{ amt: amount }")
            Map<String, String> fields) implements StepDeclaration {}

    /** Fields as other types. */
    @Doc(
            "Fields as other types, read from their text. An event with a value that is not one of the type is rejected. The"
                    + " event's id, key and time keep their types.")
    record Cast(
            @Inline @Doc(value = "Types by field.", example = "{ quantity: integer }")
            Map<String, FieldType> fields) implements StepDeclaration {}

    /** Only some fields. */
    @Doc("Only these fields, in this order; the event's id, key and time have to be among them.")
    record Select(
            @Inline @Doc(value = "The fields' names.", example = "[order_id, at, amount]")
            List<String> fields) implements StepDeclaration {}

    /** Tokens instead of personal data. */
    @Doc(
            "Tokens in place of personal data: the first 128 bits of HMAC-SHA-256 (RFC 2104) of the value, in base64url. The"
                    + " same value has the same token under the same secret.")
    record Tokenize(
            @Doc(value = "The fields, each a string or an integer.", example = "[customer_id]")
            List<String> fields,

            @Doc(
                    value =
                            "The secret's name: a file of that name in the folder millrace.secrets.dir holds the key, at least"
                                    + " 16 bytes.",
                    example = "card-fraud-tokens",
                    pattern = "[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?")
            String secret)
            implements StepDeclaration {}

    /** Fields of a row found elsewhere. */
    @Doc(
            "Fields of the row that a reference, a file or a compacted topic, has under the value of one of the event's fields. The"
                    + " reference is read before the pipeline starts, and is followed while it runs.")
    record Lookup(
            @Doc(value = "Where the rows are.", example = "{ file: zones.csv }")
            ReferenceDeclaration from,

            @Doc(value = "The event's field whose value is looked for, a string or an integer.", example = "zone_id")
            String by,

            @Doc(
                    value =
                            "The file's column that holds the keys. Default: the one of the name that by says. Of a topic, the"
                                    + " records' own keys count.",
                    example = "id")
            Optional<String> key,

            @Doc(
                    value = "The new fields, at least one. None is ever required of the reference.",
                    example = "{ city: { type: string, from: city_name } }",
                    keys = EventDeclaration.FIELD_NAME)
            Map<String, LookedUp> add,

            @Doc("What happens to an event for which there is no row. Default: empty.")
            Optional<NoRow> otherwise)
            implements StepDeclaration {}

    /** A field that a lookup adds. */
    record LookedUp(
            @Doc(value = "The field's type; a timestamp is written as iso.", example = "string")
            FieldType type,

            @Doc(
                    value = "The reference's column or member that holds it. Default: the one of the field's name.",
                    example = "city_name")
            Optional<String> from) {}

    /** What happens to an event for which a reference has no row. */
    enum NoRow {
        @Doc("It goes on without values in the new fields; a filter behind the lookup can leave it out.")
        EMPTY,
        @Doc("It is rejected with the reason no_match.")
        REJECT
    }

    /** Each event once. */
    @Doc("Each event once. An event that came before within that time of event time is left out and noted in the topic"
            + " left-out. By id, one with other content than the first is rejected.")
    record Deduplicate(
            @Doc(value = "How long an event is remembered, in event time.", example = "7d", pattern = LENGTH)
            String within,

            @Doc(
                    value = "The fields that make two events the same. Default: the event's id.",
                    example = "[customer_id, tx_datetime]")
            List<String> by)
            implements StepDeclaration {}

    /** Rolling features. */
    @Doc(
            "Rolling features of a key in event time: what its events up to this one, itself included, come to. One of over,"
                    + " tumbling, hopping and session says which events.")
    record Window(
            @Doc(value = "The field whose value's events are taken together.", example = "customer_id")
            String by,

            @Doc(
                    value =
                            "Sliding windows, the last so-and-so-long up to the event. With several, a feature's name gets the"
                                    + " length behind it: tx_count_7d.",
                    example = "[1d, 7d, 30d]")
            List<String> over,

            @Doc(
                    value = "A window since the last full so-and-so-long of UTC: 1d is since midnight.",
                    example = "1d",
                    pattern = LENGTH)
            Optional<String> tumbling,

            @Doc("The oldest window still open of those that begin every so often.")
            Optional<Hopping> hopping,

            @Doc("A window since the last pause that was longer than the gap.")
            Optional<Session> session,

            @Doc(
                    value =
                            "How long before the event the windows end, for what is known only later. Default: they end at it.",
                    example = "7d",
                    pattern = LENGTH)
            Optional<String> delay,

            @Doc(
                    value =
                            "The features: count(), sum, mean, min, max, stddev, first, last, distinct (approximate),"
                                    + " quantile(…, rank) (approximate) or recent(…, n), the latest n different values, of a CEL"
                                    + " expression, each perhaps with where and a condition. With labels, count, sum and mean may read `label`.",
                    example = "{ tx_count: \"count()\", night_sum: \"sum(tx_amount) where is_night\" }",
                    keys = EventDeclaration.FIELD_NAME)
            Map<String, String> compute,

            @Doc(
                    value = "The stream of labels, from spec.labels, that compute reads as `label`.",
                    example = "chargebacks")
            Optional<String> labels,

            @Doc(
                    value =
                            "How finely event times are told apart; a key's state has a bucket for each time at that precision at"
                                    + " which something happened. `exact` is a microsecond. Default: a round thousandth of the"
                                    + " shortest window or less, such as 1m for 1d.",
                    example = "1s",
                    pattern = LENGTH + "|exact")
            Optional<String> precision,

            @Doc(
                    value =
                            "How far behind its key's newest event an event may come and still be counted. A later one is given no"
                                    + " features, is flagged `late` in quality_flags, and goes on. Default: 1d.",
                    example = "1d",
                    pattern = LENGTH)
            Optional<String> allowed_lateness,

            @Doc(
                    value =
                            "Whether the features of a key, as of its last event, go to the topic of features as well, for those"
                                    + " who read them there. /predict does not need it. Default: true.",
                    example = "false")
            Optional<Boolean> publish)
            implements StepDeclaration {}

    /** A hopping window. */
    record Hopping(
            @Doc(value = "How long a window is.", example = "1h", pattern = LENGTH)
            String size,

            @Doc(value = "How often one begins.", example = "10m", pattern = LENGTH)
            String every) {}

    /** A session window. */
    record Session(
            @Doc(value = "The longest pause within a session.", example = "30m", pattern = LENGTH)
            String gap,

            @Doc(
                    value = "How long a session lasts at most; of a longer one the last part counts.",
                    example = "1d",
                    pattern = LENGTH)
            String at_most) {}

    /** A length of time. */
    String LENGTH = "[1-9][0-9]{0,5}(ms|s|m|h|d)";
}
