package dev.millrace.training.sample;

import dev.millrace.pipeline.declaration.EventDeclaration;
import dev.millrace.pipeline.declaration.SinkDeclaration;
import dev.millrace.pipeline.declaration.SinkDeclaration.Dimension;
import dev.millrace.training.TrainingException;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * The facts of a pipeline in its warehouse, with the features that they had when they happened and the labels that are known
 * now.
 *
 * @param url the database's JDBC address
 * @param user who reads; read access is enough
 * @param password theirs
 * @param schema the schema of the pipeline's tables
 */
public record WarehouseFacts(String url, String user, String password, String schema) {
    private static final int FETCH = 10_000;

    /** The day of the last fact, in days since 1970-01-01. */
    public int lastDay(Learnable learnable) {
        try (Connection connection = connect();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT max(" + quote(time(learnable)) + ") FROM " + fact(learnable));
                ResultSet found = query.executeQuery()) {
            if (!found.next() || found.getTimestamp(1) == null) {
                throw new TrainingException(
                        "the table " + fact(learnable) + " is empty: there is nothing to learn from");
            }
            return day(found.getTimestamp(1));
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** The samples from one day up to and without another, in the order of time. */
    public Samples read(Learnable learnable, int fromDay, int toDay, LongConsumer progress) {
        return read(learnable, learnable.features(), fromDay, toDay, progress);
    }

    /**
     * Samples of other columns.
     *
     * @param features columns of the fact table: numbers, truth values or times
     */
    public Samples read(Learnable learnable, List<String> features, int fromDay, int toDay, LongConsumer progress) {
        Samples samples = new Samples(features);
        try (Connection connection = connect();
                PreparedStatement query = connection.prepareStatement(select(learnable, features))) {
            query.setFetchSize(FETCH);
            query.setString(1, learnable.pipeline().name());
            query.setTimestamp(2, start(fromDay));
            query.setTimestamp(3, start(toDay));
            float[] values = new float[features.size()];
            try (ResultSet row = query.executeQuery()) {
                for (long count = 1; row.next(); count++) {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = number(row.getObject(i + 5));
                    }
                    Object stake = row.getObject(4);
                    samples.add(
                            values,
                            row.getDouble(3) > 0,
                            day(row.getTimestamp(1)),
                            row.getString(2),
                            stake instanceof Number worth ? worth.doubleValue() : 1);
                    if (count % FETCH == 0) {
                        progress.accept(count);
                    }
                }
            }
            return samples;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** How many facts from one day up to and without another each version scored; of none, under the empty name. */
    public Map<String, Long> scoredBy(Learnable learnable, int fromDay, int toDay) {
        String time = quote(time(learnable));
        try (Connection connection = connect();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT CASE WHEN score IS NULL THEN '' ELSE model_version END, count(*) FROM "
                                + fact(learnable) + " WHERE " + time + " >= ? AND " + time
                                + " < ? GROUP BY 1 ORDER BY 2 DESC")) {
            query.setTimestamp(1, start(fromDay));
            query.setTimestamp(2, start(toDay));
            Map<String, Long> versions = new LinkedHashMap<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    versions.put(row.getString(1), row.getLong(2));
                }
            }
            return versions;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** How many labels there are for the pipeline's events. */
    public long labels(Learnable learnable) {
        try (Connection connection = connect();
                PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM " + quote(schema) + "."
                        + quote(TableNames.labels(learnable.labels())) + " WHERE pipeline = ?")) {
            query.setString(1, learnable.pipeline().name());
            try (ResultSet found = query.executeQuery()) {
                found.next();
                return found.getLong(1);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** How many facts there are. */
    public long count(Learnable learnable) {
        try (Connection connection = connect();
                PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM " + fact(learnable));
                ResultSet found = query.executeQuery()) {
            found.next();
            return found.getLong(1);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Ordered by more than the time: what is learned must not depend on where the rows lie. */
    private String select(Learnable learnable, List<String> features) {
        EventDeclaration event = learnable.pipeline().declaration().spec().event();
        String id =
                event.id().orElseThrow(() -> new TrainingException("labels name an event by its id: declare event.id"));
        SinkDeclaration.Postgres star = star(learnable);
        List<String> elsewhere = star.dimensions().values().stream()
                .flatMap(dimension -> dimension.attributes().stream())
                .filter(features::contains)
                .toList();
        if (!elsewhere.isEmpty()) {
            throw new TrainingException("the features " + elsewhere
                    + " are attributes of dimensions, where the latest value stands and not the one of the event; leave"
                    + " them in the fact table or out of spec.model.training.features");
        }
        String labels = TableNames.labels(learnable.labels());
        return "SELECT f." + quote(time(learnable)) + ", f." + quote(key(event, star, id)) + "::text, l.label, "
                + learnable.training().stake().map(name -> "f." + quote(name)).orElse("NULL")
                + features.stream().map(name -> ", f." + quote(name)).collect(Collectors.joining())
                + " FROM " + fact(learnable) + " f LEFT JOIN (SELECT DISTINCT ON (event_id) event_id, label FROM "
                + quote(schema) + "." + quote(labels)
                + " WHERE pipeline = ? ORDER BY event_id, accepted_at DESC, seq DESC) l ON l.event_id = f."
                + quote(id) + "::text WHERE f." + quote(time(learnable)) + " >= ? AND f." + quote(time(learnable))
                + " < ? ORDER BY 1, f." + quote(id);
    }

    /** Whose event it is: the event's key or, where a dimension has it, the key of its row. */
    private static String key(EventDeclaration event, SinkDeclaration.Postgres star, String id) {
        if (event.key().isEmpty()) {
            return id;
        }
        for (Map.Entry<String, Dimension> dimension : star.dimensions().entrySet()) {
            if (dimension.getValue().key().equals(event.key().get())) {
                return TableNames.surrogate(dimension.getKey());
            }
        }
        return event.key().get();
    }

    private static SinkDeclaration.Postgres star(Learnable learnable) {
        return learnable.pipeline().declaration().spec().sinks().stream()
                .filter(SinkDeclaration.Postgres.class::isInstance)
                .map(SinkDeclaration.Postgres.class::cast)
                .findFirst()
                .orElseThrow(() -> new TrainingException("pipeline "
                        + learnable.pipeline().name() + " has no postgres sink: there are no facts to learn from"));
    }

    private String fact(Learnable learnable) {
        return quote(schema) + "." + quote(star(learnable).fact().table());
    }

    private static String time(Learnable learnable) {
        return learnable.pipeline().declaration().spec().event().time();
    }

    /** As the services make a number of it: null is missing. */
    private static float number(Object value) {
        if (value == null) {
            return Float.NaN;
        }
        if (value instanceof Boolean truth) {
            return truth ? 1 : 0;
        }
        if (value instanceof Number number) {
            return number.floatValue();
        }
        if (value instanceof Timestamp timestamp) {
            return timestamp.toInstant().getEpochSecond();
        }
        return ((Date) value).toLocalDate().toEpochDay();
    }

    private static int day(Timestamp time) {
        return (int) time.toInstant().atZone(ZoneOffset.UTC).toLocalDate().toEpochDay();
    }

    private static Timestamp start(int day) {
        return Timestamp.from(Instant.ofEpochSecond(day * 86_400L));
    }

    private static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A connection that only reads, in a transaction; whoever asks closes it. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.put("user", user);
        properties.put("password", password);
        properties.put("ApplicationName", "millrace-training");
        Connection connection = DriverManager.getConnection(url, properties);
        connection.setReadOnly(true);
        // Rows come in parts only inside of a transaction.
        connection.setAutoCommit(false);
        return connection;
    }

    /** What is said where it can not be read. */
    public TrainingException failed(SQLException e) {
        return new TrainingException("the warehouse " + url + " can not be read: " + e.getMessage(), e);
    }

    /** How load-service names its tables and columns. */
    private static final class TableNames {
        private static final String DIMENSION = "dim_";

        static String labels(String name) {
            return "labels_" + name.replace('-', '_');
        }

        static String surrogate(String dimension) {
            return (dimension.startsWith(DIMENSION) ? dimension.substring(DIMENSION.length()) : dimension) + "_key";
        }
    }
}
