package dev.millrace.pipeline.declaration;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where events end up; one key says which kind. */
public sealed interface SinkDeclaration {
    /** What a table may be called: PostgreSQL's names have 63 bytes, and a partition needs a suffix. */
    String TABLE_NAME = "[a-z_][a-z0-9_]{0,49}";

    /** A star schema in PostgreSQL. */
    @Doc(
            "A star schema in PostgreSQL: one fact row an event, dimensions with surrogate keys. Millrace creates the tables.")
    record Postgres(
            @Doc("The fact table.") Fact fact,

            @Doc(
                    value = "Dimension tables by name.",
                    example = "{ dim_customer: { key: customer_id } }",
                    keys = TABLE_NAME)
            Map<String, Dimension> dimensions)
            implements SinkDeclaration {}

    /** The table that holds one row an event. */
    record Fact(
            @Doc(value = "The table's name.", example = "fact_transaction", pattern = TABLE_NAME)
            String table,

            @Doc(value = "How the table is partitioned by event time. Default: month.", example = "month")
            Optional<Partition> partition) {

        /** How the fact table is partitioned. */
        public Partition effectivePartition() {
            return partition.orElse(Partition.MONTH);
        }
    }

    /** The span of event time that one partition holds. */
    enum Partition {
        @Doc("One partition a calendar day, in UTC.")
        DAY,
        @Doc("One partition a calendar month, in UTC.")
        MONTH
    }

    /** A table that holds one row a value of its key; the fact refers to it by a surrogate key. */
    record Dimension(
            @Doc(value = "The event's field that identifies a row of the dimension.", example = "customer_id")
            String key,

            @Doc(
                    value = "Fields that describe the key and live in the dimension instead of the fact; the latest"
                            + " loaded value wins.",
                    example = "[customer_segment]")
            List<String> attributes) {}
}
