package dev.millrace.training.recommend.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.RecentHistory;
import dev.millrace.pipeline.declaration.RecommendDeclaration;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.InvalidExpressionException;
import dev.millrace.training.TrainingException;
import dev.millrace.training.sample.StarColumns;
import dev.millrace.training.sample.WarehouseFacts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * Reads what users chose from the facts of a pipeline: those that its window of recent items counts, in the order of time.
 *
 * @param facts the warehouse
 * @param pipeline the pipeline
 * @param declared what it recommends by
 */
public record WarehouseChoices(WarehouseFacts facts, Pipeline pipeline, RecommendDeclaration declared) {
    private static final int FETCH = 10_000;
    private static final long DAY = 86_400;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads.
     *
     * @param days how many days, up to the latest fact
     */
    public Choices read(int days, LongConsumer progress) {
        RecentHistory recent = RecentHistory.of(pipeline.declaration().spec(), declared.history())
                .orElseThrow();
        StarColumns columns = new StarColumns(pipeline, facts.schema());
        String time = pipeline.declaration().spec().event().time();
        Optional<Expression> condition = recent.condition().map(this::compiled);
        Optional<Expression> weight = declared.weight().map(this::compiled);
        Schema fields = fields(recent, condition, weight);
        String list =
                fields.fields().stream().map(field -> columns.of(field.name())).collect(Collectors.joining(", "));
        String select = "SELECT " + columns.of(time) + ", " + columns.of(recent.user()) + "::text, " + list + " FROM "
                + columns.from() + " WHERE " + columns.of(time) + " >= (SELECT max(" + columns.of(time) + ") FROM "
                + columns.from() + ") - make_interval(days => ?) ORDER BY 1"
                + pipeline.declaration()
                        .spec()
                        .event()
                        .id()
                        .map(id -> ", " + columns.of(id))
                        .orElse("");
        Optional<Expression> asked = condition.map(expression -> compiled(expression.text(), fields));
        Optional<Expression> counting = weight.map(expression -> compiled(expression.text(), fields));
        Taken taken = new Taken();
        try (Connection connection = facts.connect();
                PreparedStatement query = connection.prepareStatement(select)) {
            query.setFetchSize(FETCH);
            query.setInt(1, days);
            try (ResultSet row = query.executeQuery()) {
                for (long count = 1; row.next(); count++) {
                    Row values = row(row, fields);
                    String user = row.getString(2);
                    if (user != null && values.get(0) != null && counts(asked, values)) {
                        float counted = weight(counting, values);
                        if (counted > 0 && Float.isFinite(counted)) {
                            taken.add(user, values, row.getTimestamp(1).getTime() / 1000, counted);
                        }
                    }
                    if (count % FETCH == 0) {
                        progress.accept(count);
                    }
                }
            }
        } catch (SQLException e) {
            throw facts.failed(e);
        }
        if (taken.events == 0) {
            throw new TrainingException("the warehouse has no facts to learn from");
        }
        return taken.choices(recent.item(), known(recent), declared.popularDays());
    }

    /** The item, its attributes, and what the condition and the weight read. */
    private Schema fields(RecentHistory recent, Optional<Expression> condition, Optional<Expression> weight) {
        Set<String> names = new LinkedHashSet<>(known(recent).names());
        condition.ifPresent(expression -> names.addAll(expression.fields()));
        weight.ifPresent(expression -> names.addAll(expression.fields()));
        return schema(names);
    }

    /** The item and its attributes: what is kept of an item. */
    private Schema known(RecentHistory recent) {
        Set<String> names = new LinkedHashSet<>();
        names.add(recent.item());
        names.addAll(declared.attributes());
        return schema(names);
    }

    private Schema schema(Set<String> names) {
        Schema clean = pipeline.cleanReader().schema();
        return new Schema(names.stream()
                .map(name -> clean.field(clean.ordinal(name)))
                .map(field -> Field.canonical(field.name(), field.type(), false))
                .toList());
    }

    private Expression compiled(String text) {
        return compiled(text, pipeline.cleanReader().schema());
    }

    private static Expression compiled(String text, Schema schema) {
        try {
            return Expression.compile(text, schema);
        } catch (InvalidExpressionException e) {
            throw new TrainingException("the expression '" + text + "': " + e.getMessage(), e);
        }
    }

    private static boolean counts(Optional<Expression> condition, Row row) {
        try {
            return condition.isEmpty() || Boolean.TRUE.equals(condition.get().evaluate(row));
        } catch (EvaluationException unknown) {
            return false;
        }
    }

    /** What a choice counts for; nothing where the expression has no value. */
    private static float weight(Optional<Expression> weight, Row row) {
        try {
            return weight.isEmpty() ? 1 : weight.get().evaluate(row) instanceof Number number ? number.floatValue() : 0;
        } catch (EvaluationException unknown) {
            return 0;
        }
    }

    private static Row row(ResultSet found, Schema fields) throws SQLException {
        Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(found, i + 3, fields.field(i).type());
        }
        return new Row(fields, values);
    }

    private static Object value(ResultSet found, int column, FieldType type) throws SQLException {
        Object value = found.getObject(column);
        if (value == null) {
            return null;
        }
        return switch (type) {
            case STRING -> found.getString(column);
            case INTEGER -> (Object) found.getLong(column);
            case DECIMAL -> found.getBigDecimal(column);
            case DOUBLE -> (Object) found.getDouble(column);
            case BOOLEAN -> (Object) found.getBoolean(column);
            case TIMESTAMP -> found.getTimestamp(column).toInstant();
            case DATE -> found.getDate(column).toLocalDate();
            case JSON -> json(found.getString(column));
        };
    }

    private static Object json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("jsonb is JSON", e);
        }
    }

    /** Collects choices in the order of time. */
    private static final class Taken {
        private final Histories.Builder histories = new Histories.Builder();
        private final Map<String, Row> latest = new HashMap<>();
        private final List<String> users = new ArrayList<>();
        private final List<String> items = new ArrayList<>();
        private final Map<String, String> names = new HashMap<>();
        private long[] times = new long[FETCH];
        private int events;

        void add(String user, Row row, long second, float counts) {
            String item = names.computeIfAbsent(row.get(0).toString(), name -> name);
            String who = names.computeIfAbsent(user, name -> name);
            histories.add(who, item, second, counts);
            latest.put(item, row);
            users.add(who);
            items.add(item);
            if (events == times.length) {
                times = Arrays.copyOf(times, events * 2);
            }
            times[events++] = second;
        }

        Choices choices(String item, Schema fields, int popularDays) {
            Histories built = histories.build();
            List<Row> rows = new ArrayList<>();
            Map<String, Integer> numbers = new HashMap<>();
            for (int number = 0; number < built.items(); number++) {
                Row all = latest.get(built.item(number));
                Object[] known = new Object[fields.size()];
                for (int i = 0; i < known.length; i++) {
                    known[i] = all.get(i);
                }
                rows.add(new Row(fields, known));
                numbers.put(built.item(number), number);
            }
            int[] popular = new int[built.items()];
            Set<String> seen = new HashSet<>();
            long from = times[events - 1] - popularDays * DAY;
            for (int event = events - 1; event >= 0 && times[event] > from; event--) {
                if (seen.add(users.get(event) + "\0" + items.get(event))) {
                    popular[numbers.get(items.get(event))]++;
                }
            }
            return new Choices(built, item, fields, rows, popular, events, times[0], times[events - 1]);
        }
    }

    /** The day of a time, for people. */
    public static String day(long second) {
        return Instant.ofEpochSecond(second).toString().substring(0, 10);
    }
}
