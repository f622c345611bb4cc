package dev.millrace.load.warehouse;

import dev.millrace.load.batch.CopyBuffer;
import dev.millrace.load.batch.DimensionRows;
import dev.millrace.load.batch.DimensionRows.Pending;
import dev.millrace.load.schema.Column;
import dev.millrace.load.schema.DimensionTable;
import dev.millrace.load.schema.TableName;
import dev.millrace.load.warehouse.Loaded.Change;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds or makes the rows of one dimension that a batch needs. Rows are made in the order of their keys, so that two
 * replicas that make the same ones do not wait for each other in a circle.
 */
final class DimensionWriter {
    private final DimensionTable table;
    private final boolean textKeys;
    private final String select;
    private final String insert;
    private final String update;

    DimensionWriter(DimensionTable table) {
        this.table = table;
        this.textKeys = table.key().type().equals("text");
        String key = TableName.quote(table.key().name());
        String surrogate = TableName.quote(table.surrogate().name());
        String rows = "unnest("
                + String.join(
                        ", ",
                        java.util.Collections.nCopies(1 + table.attributes().size(), "?::text[]"))
                + ") AS batch(key"
                + IntStream.range(0, table.attributes().size())
                        .mapToObj(i -> ", a" + i)
                        .collect(Collectors.joining())
                + ")";
        String typedKey = "batch.key::" + table.key().type();
        this.select = "SELECT dim." + key + "::text, dim." + surrogate + " FROM unnest(?::text[]) AS batch(key) JOIN "
                + table.name().quoted() + " dim ON dim." + key + " = " + typedKey;
        this.insert = "INSERT INTO " + table.name().quoted() + " (" + key + names(", ") + ") SELECT " + typedKey
                + attributes((name, value) -> ", " + value, "") + " FROM " + rows + " ORDER BY 1 ON CONFLICT (" + key
                + ") DO NOTHING RETURNING " + key + "::text, " + surrogate;
        this.update = "UPDATE " + table.name().quoted() + " dim SET "
                + attributes((name, value) -> name + " = coalesce(" + value + ", dim." + name + ")", ", ") + " FROM "
                + rows + " WHERE dim." + key + " = " + typedKey + " AND ("
                + attributes(
                        (name, value) -> value + " IS NOT NULL AND dim." + name + " IS DISTINCT FROM " + value, " OR ")
                + ")";
    }

    private interface Attribute {
        String text(String name, String value);
    }

    private String attributes(Attribute attribute, String separator) {
        List<Column> columns = table.attributes();
        return IntStream.range(0, columns.size())
                .mapToObj(i -> attribute.text(
                        TableName.quote(columns.get(i).name()),
                        "batch.a" + i + "::" + columns.get(i).type()))
                .collect(Collectors.joining(separator));
    }

    private String names(String before) {
        return table.attributes().stream()
                .map(column -> before + TableName.quote(column.name()))
                .collect(Collectors.joining());
    }

    /**
     * Finds or makes the rows, writes their surrogate keys into the encoded facts, and brings attributes up to date.
     *
     * @return the surrogate keys found, by natural key, to be remembered once the transaction is committed
     */
    Map<Object, Long> write(Connection connection, DimensionRows rows, CopyBuffer facts, Map<Change, Long> changes)
            throws SQLException {
        if (rows.rows().isEmpty()) {
            return Map.of();
        }
        List<Object> unresolved = keys(rows, Pending::unresolved);
        Map<Object, Long> found = find(connection, unresolved);
        List<Object> missing = without(unresolved, found);
        if (!missing.isEmpty()) {
            Map<Object, Long> inserted = insert(connection, missing, rows);
            changes.merge(Change.insert(table.name().table()), (long) inserted.size(), Long::sum);
            found.putAll(inserted);
            // Those that another replica has made in the meantime.
            found.putAll(find(connection, without(missing, inserted)));
        }
        found.forEach((key, surrogate) -> rows.resolve(key, surrogate, facts));
        if (!table.attributes().isEmpty()) {
            long updated = update(connection, rows);
            changes.merge(Change.update(table.name().table()), updated, Long::sum);
        }
        return found;
    }

    private static List<Object> keys(DimensionRows rows, java.util.function.Predicate<Pending> wanted) {
        List<Object> keys = new ArrayList<>();
        rows.rows().forEach((key, row) -> {
            if (wanted.test(row)) {
                keys.add(key);
            }
        });
        return keys;
    }

    private static List<Object> without(List<Object> keys, Map<Object, Long> known) {
        return keys.stream().filter(key -> !known.containsKey(key)).toList();
    }

    private Map<Object, Long> find(Connection connection, List<Object> keys) throws SQLException {
        if (keys.isEmpty()) {
            return new HashMap<>();
        }
        try (PreparedStatement query = connection.prepareStatement(select)) {
            query.setArray(1, texts(connection, keys));
            return surrogates(query);
        }
    }

    private Map<Object, Long> insert(Connection connection, List<Object> keys, DimensionRows rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            setRows(connection, statement, keys, rows);
            return surrogates(statement);
        }
    }

    private long update(Connection connection, DimensionRows rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            setRows(connection, statement, keys(rows, row -> true), rows);
            return statement.executeUpdate();
        }
    }

    private void setRows(Connection connection, PreparedStatement statement, List<Object> keys, DimensionRows rows)
            throws SQLException {
        statement.setArray(1, texts(connection, keys));
        for (int i = 0; i < table.attributes().size(); i++) {
            int attribute = i;
            List<Object> values = new ArrayList<>();
            keys.forEach(key -> values.add(rows.rows().get(key).attributes()[attribute]));
            statement.setArray(2 + i, texts(connection, values));
        }
    }

    private static java.sql.Array texts(Connection connection, List<Object> values) throws SQLException {
        Object[] texts = values.stream()
                .map(value -> value == null ? null : value.toString())
                .toArray(String[]::new);
        return connection.createArrayOf("text", texts);
    }

    private Map<Object, Long> surrogates(PreparedStatement query) throws SQLException {
        Map<Object, Long> surrogates = new HashMap<>();
        try (ResultSet found = query.executeQuery()) {
            while (found.next()) {
                String key = found.getString(1);
                surrogates.put(textKeys ? key : Long.valueOf(key), found.getLong(2));
            }
        }
        return surrogates;
    }
}
