package dev.millrace.load.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What PostgreSQL knows of a table that exists. Confined to its connection's thread. */
final class Catalog {
    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> ''
            FROM pg_attribute a WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """;
    private static final String PRIMARY_KEY = """
            SELECT a.attname FROM pg_constraint c
            CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY k(attnum, place)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
            WHERE c.conrelid = to_regclass(?) AND c.contype = 'p' ORDER BY k.place
            """;
    private static final String UNIQUE = """
            SELECT count(*) FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = to_regclass(?) AND a.attname = ? AND i.indisunique AND i.indnkeyatts = 1
              AND i.indpred IS NULL AND i.indexprs IS NULL
            """;
    private static final String PARTITION_COLUMN = """
            SELECT a.attname FROM pg_partitioned_table p
            JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
            WHERE p.partrelid = to_regclass(?) AND p.partstrat = 'r' AND p.partnatts = 1
            """;

    private final Connection connection;

    Catalog(Connection connection) {
        this.connection = connection;
    }

    /**
     * A column that exists.
     *
     * @param type as {@code format_type} spells it
     * @param filled whether the database fills it in by itself
     */
    record Existing(String type, boolean notNull, boolean filled) {}

    boolean exists(TableName table) throws SQLException {
        return !columns(table).isEmpty();
    }

    /** The table's columns by name; none if there is no such table. */
    Map<String, Existing> columns(TableName table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
            query.setString(1, table.quoted());
            Map<String, Existing> columns = new LinkedHashMap<>();
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    columns.put(
                            found.getString(1),
                            new Existing(found.getString(2), found.getBoolean(3), found.getBoolean(4)));
                }
            }
            return columns;
        }
    }

    List<String> primaryKey(TableName table) throws SQLException {
        return names(PRIMARY_KEY, table);
    }

    /** The one column by whose ranges the table is partitioned; empty if it is not partitioned so. */
    List<String> partitionColumn(TableName table) throws SQLException {
        return names(PARTITION_COLUMN, table);
    }

    boolean unique(TableName table, String column) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(UNIQUE)) {
            query.setString(1, table.quoted());
            query.setString(2, column);
            try (ResultSet found = query.executeQuery()) {
                return found.next() && found.getLong(1) > 0;
            }
        }
    }

    private List<String> names(String sql, TableName table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, table.quoted());
            List<String> names = new ArrayList<>();
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    names.add(found.getString(1));
                }
            }
            return names;
        }
    }
}
