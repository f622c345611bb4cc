package dev.millrace.load.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.jboss.logging.Logger;

/** The partitions of one fact table, made when an event of their span comes. Confined to the thread that loads. */
public final class Partitions {
    private static final Logger LOG = Logger.getLogger(Partitions.class);
    /** The default partition holds rows of the span already (check_violation). */
    private static final String ROWS_IN_DEFAULT = "23514";

    private final FactTable fact;
    private final Set<Span> known = new HashSet<>();

    /** No partition is known yet. */
    public Partitions(FactTable fact) {
        this.fact = fact;
    }

    /** Forgets which partitions exist. */
    public void forget() {
        known.clear();
    }

    /**
     * Makes the partitions of those spans exist, each in a transaction of its own so that its lock is short. A span of
     * which the default partition holds rows stays there.
     *
     * @param connection one in the midst of no transaction, with auto-commit off
     */
    public void provide(Connection connection, Set<Span> spans) throws SQLException {
        for (Span span : spans) {
            if (!known.contains(span)) {
                provide(connection, span);
                known.add(span);
            }
        }
    }

    private void provide(Connection connection, Span span) throws SQLException {
        TableName partition = span.partitionOf(fact.name());
        if (new Catalog(connection).exists(partition)) {
            connection.rollback();
            return;
        }
        try (Statement statement = connection.createStatement()) {
            // The lock waits for readers of the table, and new readers wait for it: rather try again than hold them up.
            statement.execute("SET LOCAL lock_timeout = '3s'");
            statement.execute(StarTables.ONE_AT_A_TIME);
            statement.execute("CREATE TABLE IF NOT EXISTS " + partition.quoted() + " PARTITION OF "
                    + fact.name().quoted() + " FOR VALUES " + span.bounds());
            connection.commit();
            LOG.infof("made partition %s", partition);
        } catch (SQLException e) {
            connection.rollback();
            if (!ROWS_IN_DEFAULT.equals(e.getSQLState())) {
                throw e;
            }
            LOG.warnf("rows of %s stay in the default partition of %s, which holds some already", span, fact.name());
        }
    }
}
