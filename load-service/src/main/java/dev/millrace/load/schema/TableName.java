package dev.millrace.load.schema;

/**
 * A table's name in its schema.
 *
 * @param schema the schema, unquoted
 * @param table the table, unquoted
 */
public record TableName(String schema, String table) {
    /** The name as it stands in a statement. */
    public String quoted() {
        return quote(schema) + "." + quote(table);
    }

    /** A table beside this one whose name has that ending. */
    public TableName withSuffix(String suffix) {
        return new TableName(schema, table + suffix);
    }

    /** An identifier as it stands in a statement. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A text as it stands in a statement that takes no parameters. */
    static String literal(String text) {
        return "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    @Override
    public String toString() {
        return schema + "." + table;
    }
}
