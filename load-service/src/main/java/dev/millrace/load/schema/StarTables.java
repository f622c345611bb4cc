package dev.millrace.load.schema;

import dev.millrace.load.schema.Catalog.Existing;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Makes a star schema's tables where they do not exist, adds columns that are missing, and refuses tables that can not
 * hold the events. Safe to run from several replicas at once. Confined to its connection's thread.
 */
public final class StarTables {
    private static final Logger LOG = Logger.getLogger(StarTables.class);

    /** Held for the transaction that makes tables: CREATE … IF NOT EXISTS alone fails when two run at once. */
    static final String ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('millrace.tables', 0))";

    private static final String FACT = "fact";
    private static final String DIMENSION = "dimension";

    private final Connection connection;
    private final StarSchema star;
    private final Catalog catalog;
    private final List<String> mistakes = new ArrayList<>();

    private StarTables(Connection connection, StarSchema star) {
        this.connection = connection;
        this.star = star;
        this.catalog = new Catalog(connection);
    }

    /**
     * Makes the tables fit the declaration, in one transaction.
     *
     * @param connection one in the midst of no transaction, with auto-commit off
     * @throws IncompatibleTableException if a table that exists can not hold the events; nothing is changed then
     * @throws SQLException if the database refused or can not be reached
     */
    public static void provide(Connection connection, StarSchema star) throws SQLException {
        StarTables tables = new StarTables(connection, star);
        try {
            tables.provide();
            connection.commit();
        } finally {
            connection.rollback();
        }
    }

    private void provide() throws SQLException {
        execute(ONE_AT_A_TIME);
        execute("CREATE SCHEMA IF NOT EXISTS "
                + TableName.quote(star.fact().name().schema()));
        for (DimensionTable dimension : star.dimensions()) {
            if (catalog.exists(dimension.name())) {
                checkDimension(dimension);
            } else {
                create(dimension);
            }
        }
        FactTable fact = star.fact();
        boolean ours = checkOwner(fact);
        if (!catalog.exists(fact.name())) {
            create(fact);
        } else if (ours) {
            checkFact(fact);
        } else if (mistakes.isEmpty()) {
            mistakes.add("table " + fact.name() + ": it exists and was not made by Millrace, which could not keep event"
                    + " ids unique in it; rename it or declare another fact table");
        }
        if (!mistakes.isEmpty()) {
            throw new IncompatibleTableException(String.join("; ", mistakes));
        }
    }

    /** Whether this pipeline made the fact table; that another did is a mistake. */
    private boolean checkOwner(FactTable fact) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT pipeline, partition_span FROM millrace.loaded_tables WHERE table_schema = ? AND table_name = ?")) {
            query.setString(1, fact.name().schema());
            query.setString(2, fact.name().table());
            try (ResultSet found = query.executeQuery()) {
                if (!found.next()) {
                    return false;
                }
                if (!found.getString(1).equals(star.pipeline())) {
                    mistakes.add("table " + fact.name() + ": it belongs to pipeline '" + found.getString(1)
                            + "'; declare another fact table");
                    return false;
                }
                String made = found.getString(2);
                if (!span(fact).equals(made)) {
                    mistakes.add("table " + fact.name() + ": expected one partition a " + span(fact)
                            + ", and it was made with one a " + made + "; declare partition: " + made);
                }
                return true;
            }
        }
    }

    private void create(DimensionTable dimension) throws SQLException {
        execute("CREATE TABLE " + dimension.name().quoted() + " (" + definitions(dimension.columns())
                + ", PRIMARY KEY ("
                + TableName.quote(dimension.surrogate().name()) + "), UNIQUE ("
                + TableName.quote(dimension.key().name()) + "))");
        comment(
                dimension.name(),
                "Dimension of " + dimension.key().name() + ", made by Millrace for pipeline " + star.pipeline());
        for (Column column : dimension.columns()) {
            comment(dimension.name(), column);
        }
        register(dimension.name(), DIMENSION, null);
        LOG.infof("pipeline %s: made table %s", star.pipeline(), dimension.name());
    }

    private void create(FactTable fact) throws SQLException {
        String keys = TableName.quote(fact.id().name()) + ", "
                + TableName.quote(fact.time().name());
        execute("CREATE TABLE " + fact.name().quoted() + " (" + definitions(fact.columns()) + ", PRIMARY KEY (" + keys
                + ")) PARTITION BY RANGE (" + TableName.quote(fact.time().name()) + ")");
        execute("CREATE TABLE " + fact.name().withSuffix("_default").quoted() + " PARTITION OF "
                + fact.name().quoted() + " DEFAULT");
        execute("DROP TABLE IF EXISTS " + fact.ids().quoted());
        // Ids are compared for equality only: byte by byte, which costs less than a language's order and never changes.
        String collation = fact.id().type().equals("text") ? " COLLATE \"C\"" : "";
        execute("CREATE TABLE " + fact.ids().quoted() + " (id " + fact.id().type() + collation
                + " PRIMARY KEY, content bigint NOT NULL)");
        comment(
                fact.name(),
                "One row an event of pipeline " + star.pipeline() + ", made by Millrace; one partition a " + span(fact)
                        + " of " + fact.time().name() + " in UTC");
        comment(
                fact.ids(),
                "The id of every event ever loaded into " + fact.name() + ", with a hash of the event's fields");
        for (Column column : fact.columns()) {
            comment(fact.name(), column);
        }
        register(fact.name(), FACT, span(fact));
        LOG.infof("pipeline %s: made table %s, one partition a %s", star.pipeline(), fact.name(), span(fact));
    }

    private void checkDimension(DimensionTable dimension) throws SQLException {
        Map<String, Existing> existing = catalog.columns(dimension.name());
        for (Column column : List.of(dimension.surrogate(), dimension.key())) {
            if (!existing.containsKey(column.name())) {
                mistakes.add(mistake(dimension.name(), column.name(), column.type(), "no such column"));
            }
        }
        Existing surrogate = existing.get(dimension.surrogate().name());
        if (surrogate != null && !surrogate.filled()) {
            mistakes.add(mistake(
                    dimension.name(),
                    dimension.surrogate().name(),
                    "bigint GENERATED ALWAYS AS IDENTITY",
                    surrogate.type() + " without a default"));
        }
        if (existing.containsKey(dimension.key().name())
                && !catalog.unique(dimension.name(), dimension.key().name())) {
            mistakes.add(
                    mistake(dimension.name(), dimension.key().name(), "a unique index on it alone", "no such index"));
        }
        checkColumns(dimension.name(), dimension.columns(), existing);
    }

    private void checkFact(FactTable fact) throws SQLException {
        Map<String, Existing> existing = catalog.columns(fact.name());
        List<String> expectedKey = List.of(fact.id().name(), fact.time().name());
        if (!catalog.primaryKey(fact.name()).equals(expectedKey)) {
            mistakes.add("table " + fact.name() + ": expected the primary key " + expectedKey + ", and it has "
                    + catalog.primaryKey(fact.name()));
        }
        if (!catalog.partitionColumn(fact.name()).equals(List.of(fact.time().name()))) {
            mistakes.add("table " + fact.name() + ": expected it partitioned by range of "
                    + fact.time().name() + ", and it is by " + catalog.partitionColumn(fact.name()));
        }
        Existing id = catalog.columns(fact.ids()).get("id");
        if (id == null || !id.type().equals(fact.id().type())) {
            mistakes.add(
                    mistake(fact.ids(), "id", fact.id().type(), id == null ? "no such table or column" : id.type()));
        }
        checkColumns(fact.name(), fact.columns(), existing);
    }

    private void checkColumns(TableName table, List<Column> expected, Map<String, Existing> existing)
            throws SQLException {
        for (Column column : expected) {
            Existing there = existing.get(column.name());
            if (there == null) {
                if (mistakes.isEmpty()) {
                    add(table, column);
                }
            } else if (!there.type().equals(column.type())) {
                mistakes.add(mistake(table, column.name(), column.type(), there.type()));
            } else if (there.notNull() && !column.required() && !there.filled()) {
                mistakes.add(
                        mistake(table, column.name(), column.type() + " that may be null", there.type() + " NOT NULL"));
            }
        }
        List<String> names = expected.stream().map(Column::name).toList();
        existing.forEach((name, there) -> {
            if (!names.contains(name) && there.notNull() && !there.filled()) {
                mistakes.add(
                        mistake(table, name, "no such column, or one that may be null", there.type() + " NOT NULL"));
            }
        });
    }

    /** Added without NOT NULL: the rows that are there have no value, and every new one is checked before it comes here. */
    private void add(TableName table, Column column) throws SQLException {
        String byDefault = column.origin() instanceof Origin.ByDefault filled ? " " + filled.expression() : "";
        execute("ALTER TABLE " + table.quoted() + " ADD COLUMN " + TableName.quote(column.name()) + " " + column.type()
                + byDefault);
        comment(table, column);
        LOG.infof("pipeline %s: added column %s to table %s", star.pipeline(), column.name(), table);
    }

    private static String mistake(TableName table, String column, String expected, String actual) {
        return "table " + table + ", column " + column + ": expected " + expected + ", and it is " + actual;
    }

    private static String definitions(List<Column> columns) {
        return columns.stream().map(StarTables::definition).collect(Collectors.joining(", "));
    }

    private static String definition(Column column) {
        String byDefault = column.origin() instanceof Origin.ByDefault filled ? " " + filled.expression() : "";
        return TableName.quote(column.name()) + " " + column.type() + (column.required() ? " NOT NULL" : "")
                + byDefault;
    }

    private static String span(FactTable fact) {
        return fact.span().name().toLowerCase(Locale.ROOT);
    }

    private void register(TableName table, String kind, String span) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO millrace.loaded_tables (table_schema, table_name, kind, pipeline, partition_span)"
                        + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (table_schema, table_name) DO UPDATE SET"
                        + " kind = excluded.kind, pipeline = excluded.pipeline,"
                        + " partition_span = excluded.partition_span, made_at = now()")) {
            insert.setString(1, table.schema());
            insert.setString(2, table.table());
            insert.setString(3, kind);
            insert.setString(4, star.pipeline());
            insert.setString(5, span);
            insert.executeUpdate();
        }
    }

    private void comment(TableName table, String text) throws SQLException {
        execute("COMMENT ON TABLE " + table.quoted() + " IS " + TableName.literal(text));
    }

    private void comment(TableName table, Column column) throws SQLException {
        execute("COMMENT ON COLUMN " + table.quoted() + "." + TableName.quote(column.name()) + " IS "
                + TableName.literal(column.comment() + " (pipeline " + star.pipeline() + ")"));
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
