package dev.millrace.load.schema;

/**
 * A column as the declaration asks for it.
 *
 * @param name its name, unquoted
 * @param type its type, spelled as PostgreSQL's {@code format_type} does
 * @param required whether it is NOT NULL where Millrace makes the table
 * @param comment what it holds, for people who read the table's description
 * @param origin where its value comes from
 */
public record Column(String name, String type, boolean required, String comment, Origin origin) {}
