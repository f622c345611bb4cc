package dev.millrace.load;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Looks at the warehouse as a person with psql does. */
public final class Sql {
    private Sql() {}

    /** The only value of the only row. */
    public static long number(String query) {
        return Long.parseLong(rows(query).get(0));
    }

    /** Each row as its values with {@code |} between them. */
    public static List<String> rows(String query) {
        try (Connection connection = connect(Machine.jdbcUrl());
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            List<String> rows = new ArrayList<>();
            while (found.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    values.add(String.valueOf(found.getString(i)));
                }
                rows.add(String.join("|", values));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void execute(String statements) {
        execute(Machine.jdbcUrl(), statements);
    }

    /** In the database that is there even while the warehouse takes no connections. */
    public static void executeBeside(String statements) {
        execute(Machine.jdbcUrl().replaceFirst("/[a-z]+$", "/postgres"), statements);
    }

    private static void execute(String url, String statements) {
        try (Connection connection = connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, Machine.USER, Machine.password());
    }
}
