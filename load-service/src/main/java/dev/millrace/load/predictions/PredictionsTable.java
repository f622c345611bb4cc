package dev.millrace.load.predictions;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/** The table of predictions, of scores and of lists. A record that is no prediction is named in the log and left out. Stateless. */
final class PredictionsTable {
    static final String NAME = "predictions";

    private static final Logger LOG = Logger.getLogger(PredictionsTable.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** PostgreSQL's data exceptions and violated constraints: the row's fault. */
    private static final String DATA = "22";

    private static final String CONSTRAINT = "23";
    private static final String COLUMNS =
            "id, predicted_at, pipeline, model, version, route, asked, event_id, key, score, label,"
                    + " compared_version, compared_score, compared_label, inputs, features,"
                    + " basis, k, items, features_as_of, compared_id, overlap";
    private static final String INSERT = "INSERT INTO millrace.predictions (" + COLUMNS + ") SELECT " + COLUMNS
            + " FROM jsonb_to_recordset(?::jsonb) AS r(id text, predicted_at timestamptz, pipeline text, model text,"
            + " version text, route text, asked text, event_id text, key text, score double precision, label text,"
            + " compared_version text, compared_score double precision, compared_label text, inputs jsonb,"
            + " features jsonb, basis text, k integer, items jsonb, features_as_of timestamptz, compared_id text,"
            + " overlap double precision)";

    private PredictionsTable() {}

    /** Inserts a row a record, within the transaction at hand; tells how many. */
    static int insert(Connection connection, Iterable<ConsumerRecord<byte[], byte[]>> records) throws SQLException {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            JsonNode row = row(record);
            if (row.isObject()) {
                rows.add(row);
            } else {
                LOG.errorf("the record %s-%d@%d is no prediction", record.topic(), record.partition(), record.offset());
            }
        }
        Savepoint before = connection.setSavepoint();
        try {
            return insert(connection, rows);
        } catch (SQLException e) {
            if (!isRowsFault(e)) {
                throw e;
            }
            connection.rollback(before);
            return insertOneByOne(connection, rows);
        }
    }

    private static JsonNode row(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.value() == null ? JsonNodeFactory.instance.nullNode() : JSON.readTree(record.value());
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.nullNode();
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can always be read", e);
        }
    }

    private static int insert(Connection connection, ArrayNode rows) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, rows.toString());
            return insert.executeUpdate();
        }
    }

    private static int insertOneByOne(Connection connection, ArrayNode rows) throws SQLException {
        int inserted = 0;
        for (JsonNode row : rows) {
            Savepoint before = connection.setSavepoint();
            try {
                inserted +=
                        insert(connection, JsonNodeFactory.instance.arrayNode().add(row));
                connection.releaseSavepoint(before);
            } catch (SQLException e) {
                if (!isRowsFault(e)) {
                    throw e;
                }
                connection.rollback(before);
                LOG.errorf("prediction %s is left out: %s", row.path("id").asText(), e.getMessage());
            }
        }
        return inserted;
    }

    private static boolean isRowsFault(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith(DATA) || state.startsWith(CONSTRAINT));
    }
}
