package dev.millrace.load.warehouse;

import dev.millrace.load.batch.Batch;
import dev.millrace.load.batch.LoadPlan;
import dev.millrace.load.batch.OffsetRange;
import dev.millrace.load.batch.Refusal;
import dev.millrace.load.batch.SurrogateKeys;
import dev.millrace.load.ledger.Ledger;
import dev.millrace.load.ledger.Point;
import dev.millrace.load.ledger.Tally;
import dev.millrace.load.schema.Column;
import dev.millrace.load.schema.FactTable;
import dev.millrace.load.schema.Partitions;
import dev.millrace.load.schema.StarTables;
import dev.millrace.load.schema.TableName;
import dev.millrace.load.schema.TableShape;
import dev.millrace.load.warehouse.EventIds.Known;
import dev.millrace.load.warehouse.Loaded.Change;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * One pipeline's star schema. A batch's rows, the rejections of its records and the offsets behind them are committed in
 * one transaction or not at all.
 *
 * <p>Rows are copied straight into the fact table; nothing is staged. The ids go first, into the table that holds every
 * id: where one is there already the transaction is rolled back, the known ids are looked up, and the batch is loaded
 * without them. Confined to the thread that loads.
 */
public final class Warehouse {
    private static final int ATTEMPTS_AGAINST_OTHERS = 5;
    /** PostgreSQL's invalid_table_definition: no row's fault. */
    private static final String ALTERED = "42P16";

    private final DataSource database;
    private final LoadPlan plan;
    private final FactTable fact;
    private final Partitions partitions;
    private final List<DimensionWriter> dimensions;
    private final String copyIds;
    private final String copyFacts;

    /** The fact table's columns when they were found to fit. */
    private TableShape shape;

    private InDoubt inDoubt = InDoubt.NOTHING;

    /** Whether the last batch held known ids: then it is likely that the next one does, as in a replay. */
    private boolean expectKnownIds;

    /** The star schema of that plan in that database. */
    public Warehouse(DataSource database, LoadPlan plan) {
        this.database = database;
        this.plan = plan;
        this.fact = plan.star().fact();
        this.partitions = new Partitions(fact);
        this.dimensions =
                plan.star().dimensions().stream().map(DimensionWriter::new).toList();
        this.copyIds = "COPY " + fact.ids().quoted() + " (id, content) FROM STDIN (FORMAT binary)";
        this.copyFacts = "COPY " + fact.name().quoted() + " ("
                + fact.sent().stream().map(Column::name).map(TableName::quote).collect(Collectors.joining(", "))
                + ") FROM STDIN (FORMAT binary)";
    }

    /**
     * Makes the tables fit the declaration and forgets what was known of their rows.
     *
     * @throws dev.millrace.load.schema.IncompatibleTableException if a table can not hold the events
     * @throws SQLException if the database refused or can not be reached
     */
    public void prepare() throws SQLException {
        try (Connection connection = connect()) {
            StarTables.provide(connection, plan.star());
            shape = TableShape.of(connection, fact.name());
            connection.rollback();
        }
        partitions.forget();
        plan.keys().forEach(SurrogateKeys::forget);
    }

    /**
     * Loads a batch.
     *
     * @throws OffsetsMovedException if the batch does not begin where the warehouse stands; nothing was loaded
     * @throws SQLException if the database refused or can not be reached; nothing was loaded, unless the answer to the
     *     commit was lost, which the next attempt finds out
     */
    public Loaded load(Batch encoded) throws SQLException, OffsetsMovedException {
        // While one batch is loaded the next ones are encoded: with keys that may have been forgotten since.
        Batch batch = encoded.current();
        try (Connection connection = connect()) {
            provideTablesFor(connection, batch);
            for (int attempt = 1; ; attempt++) {
                try {
                    return load(connection, batch, expectKnownIds);
                } catch (SQLException e) {
                    rollback(connection, e);
                    boolean knownIds = Refused.anId(e, fact.ids()) && attempt < ATTEMPTS_AGAINST_OTHERS;
                    if (!knownIds) {
                        requireUnaltered(connection, e);
                        throw e;
                    }
                    expectKnownIds = true;
                } catch (OffsetsMovedException e) {
                    connection.rollback();
                    throw e;
                }
            }
        }
    }

    /** The table that gets the events. */
    public String table() {
        return fact.name().table();
    }

    private Loaded load(Connection connection, Batch batch, boolean lookUpIds)
            throws SQLException, OffsetsMovedException {
        String topic = plan.pipeline().topicToLoad();
        if (!Offsets.lock(connection, topic, batch.ranges())) {
            connection.rollback();
            return inDoubt.of(batch);
        }
        Known known = lookUpIds ? lookUp(connection, batch) : Known.none();
        Batch unknown = known.all().isEmpty() ? batch : batch.without(known.all());
        Map<Change, Long> changes = new HashMap<>();
        List<Map<Object, Long>> keys = insert(connection, unknown, changes);
        List<Refusal> refusals = new ArrayList<>(batch.refusals());
        known.conflicting().stream().mapToObj(batch::conflict).forEach(refusals::add);
        Outbox.add(connection, topic, refusals);
        count(connection, batch, unknown, known);
        Offsets.advance(connection, topic, batch.ranges());
        Loaded loaded = new Loaded(
                unknown.rows(), batch.duplicates() + known.identical().cardinality(), refusals, changes);
        inDoubt = new InDoubt(Map.copyOf(batch.ranges()), loaded);
        if (refusals.isEmpty() && !madeKeys(changes)) {
            commitWithoutWaiting(connection);
        }
        connection.commit();
        inDoubt = InDoubt.NOTHING;
        remember(keys);
        expectKnownIds = !known.all().isEmpty();
        return loaded;
    }

    /**
     * Lets the commit come to the disk a moment later, with the next ones. A database that crashes before takes the rows
     * back together with their offsets, and they are loaded again. Not so rejections, which are sent behind the commit, and
     * surrogate keys, which are remembered behind it: neither could be taken back.
     */
    private static void commitWithoutWaiting(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL synchronous_commit = off");
        }
    }

    private boolean madeKeys(Map<Change, Long> changes) {
        return plan.star().dimensions().stream()
                .map(dimension -> Change.insert(dimension.name().table()))
                .anyMatch(insert -> changes.getOrDefault(insert, 0L) > 0);
    }

    /** Written under the number of a partition whose offset this transaction holds locked. */
    private void count(Connection connection, Batch batch, Batch unknown, Known known) throws SQLException {
        Tally tally = new Tally();
        for (int row = 0; row < unknown.rows(); row++) {
            tally.add(Point.ROWS, unknown.acceptedAt(row));
        }
        batch.duplicatesAcceptedAt().forEach(at -> tally.add(Point.DUPLICATES, at));
        known.identical().stream().forEach(row -> tally.add(Point.DUPLICATES, batch.acceptedAt(row)));
        Ledger.add(
                connection,
                plan.pipeline().name(),
                Collections.min(batch.ranges().keySet()),
                tally);
    }

    /** What a commit did, if it did anything: when its answer is lost the next attempt finds that out. */
    private record InDoubt(Map<Integer, OffsetRange> ranges, Loaded loaded) {
        static final InDoubt NOTHING = new InDoubt(Map.of(), Loaded.NOTHING);

        Loaded of(Batch batch) {
            return ranges.equals(batch.ranges()) ? loaded : Loaded.NOTHING;
        }
    }

    private Known lookUp(Connection connection, Batch batch) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Statistics of a table that just grew lead to a scan of it; the index is always right for a batch of ids.
            statement.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL"
                    + " enable_mergejoin = off");
        }
        return EventIds.find(connection, fact, batch);
    }

    /** Inserts the rows and says which surrogate keys were found on the way. */
    private List<Map<Object, Long>> insert(Connection connection, Batch batch, Map<Change, Long> changes)
            throws SQLException {
        List<Map<Object, Long>> keys = new ArrayList<>();
        if (batch.rows() == 0) {
            return keys;
        }
        CopyStream.copy(connection, copyIds, batch.ids());
        for (int i = 0; i < dimensions.size(); i++) {
            keys.add(dimensions.get(i).write(connection, batch.dimensions().get(i), batch.facts(), changes));
        }
        CopyStream.copy(connection, copyFacts, batch.facts());
        requireUnaltered(connection);
        changes.merge(Change.insert(fact.name().table()), (long) batch.rows(), Long::sum);
        return keys;
    }

    /** A row that is refused may be refused for the table's sake. */
    private void requireUnaltered(Connection connection, SQLException refusal) throws SQLException {
        if (Refused.aRow(refusal)) {
            requireUnaltered(connection);
            connection.rollback();
        }
    }

    private void requireUnaltered(Connection connection) throws SQLException {
        if (!TableShape.of(connection, fact.name()).equals(shape)) {
            throw new SQLException("table " + fact.name() + " was altered", ALTERED);
        }
    }

    private void remember(List<Map<Object, Long>> keys) {
        for (int i = 0; i < keys.size(); i++) {
            plan.keys().get(i).remember(keys.get(i));
        }
    }

    private void provideTablesFor(Connection connection, Batch batch) throws SQLException {
        Instant now = Instant.now();
        partitions.provide(
                connection,
                batch.spans().stream().filter(span -> span.plausible(now)).collect(Collectors.toSet()));
    }

    private Connection connect() throws SQLException {
        Connection connection = database.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    /** A connection that is broken can not roll back either; the first error says why. */
    private static void rollback(Connection connection, SQLException because) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }
}
