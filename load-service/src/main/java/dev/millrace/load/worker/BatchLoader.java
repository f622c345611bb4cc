package dev.millrace.load.worker;

import dev.millrace.load.batch.Batch;
import dev.millrace.load.schema.IncompatibleTableException;
import dev.millrace.load.warehouse.Loaded;
import dev.millrace.load.warehouse.OffsetsMovedException;
import dev.millrace.load.warehouse.Refused;
import dev.millrace.load.warehouse.Warehouse;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.tracing.StageTraces;
import dev.millrace.service.tracing.TracedBatch;
import dev.millrace.service.tracing.TracedCall;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * The thread that loads one pipeline's batches, in order, while the worker's thread reads the next ones. It waits out
 * whatever fails; only a row that the warehouse refuses is set aside. Batches belong to an epoch, a time in which the
 * worker held the same partitions: those of an epoch that has ended are dropped.
 */
final class BatchLoader implements Runnable {
    private static final Logger LOG = Logger.getLogger(BatchLoader.class);

    private final String pipeline;
    private final OwnTables ownTables;
    private final Warehouse warehouse;
    private final Backoff backoff;
    private final StageTraces traces;
    private final BlockingQueue<Handed> handed = new LinkedBlockingQueue<>();
    private final Queue<Settled> settled = new ConcurrentLinkedQueue<>();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean ended;

    private boolean prepared;
    private TracedBatch traced = TracedBatch.NONE;
    private volatile int epoch;
    private volatile int movedIn = -1;
    private volatile WorkerState state = new WorkerState.Starting();

    private record Handed(Batch batch, int epoch) {}

    /**
     * A batch that is done with.
     *
     * @param batch the batch, which can be filled again
     * @param epoch the epoch it belongs to
     * @param complete whether all of it was loaded, not dropped
     * @param loaded what became of it
     * @param at when it was done
     * @param took how long it took
     */
    record Settled(Batch batch, int epoch, boolean complete, Loaded loaded, Instant at, Duration took) {}

    BatchLoader(String pipeline, OwnTables ownTables, Warehouse warehouse, Backoff backoff) {
        this.pipeline = pipeline;
        this.ownTables = ownTables;
        this.warehouse = warehouse;
        this.backoff = backoff;
        this.traces = StageTraces.of(Stage.LOAD, pipeline);
    }

    /** Takes a batch, not to be touched again until it is {@link #settled()}. */
    void load(Batch batch, int itsEpoch) {
        handed.add(new Handed(batch, itsEpoch));
    }

    /** The next batch that is done with, or null. */
    Settled settled() {
        return settled.poll();
    }

    /** Ends the epochs before that one. */
    void begin(int newEpoch) {
        epoch = newEpoch;
    }

    /** Whether the warehouse turned out to stand elsewhere than the batches of that epoch begin. */
    boolean moved(int inEpoch) {
        return movedIn == inEpoch;
    }

    /** Waits until the tables are there. */
    boolean awaitReady(Duration time) throws InterruptedException {
        return ready.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    WorkerState state() {
        return state;
    }

    boolean stopped() {
        return stop.getCount() == 0;
    }

    /** Whether the thread has ended: what was handed to it and is not settled will never be. */
    boolean ended() {
        return ended;
    }

    /** Ends the thread after the transaction that runs. */
    void stop() {
        stop.countDown();
    }

    @Override
    public void run() {
        MDC.put("pipeline", pipeline);
        try {
            while (!stopped() && !prepare()) {
                await();
            }
            ready.countDown();
            while (!stopped()) {
                Handed next = handed.poll(100, TimeUnit.MILLISECONDS);
                if (next != null) {
                    settle(next);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
        }
    }

    private void settle(Handed next) throws InterruptedException {
        Instant began = Instant.now();
        Outcome outcome;
        try (TracedBatch batch = traces.process(next.batch().records())) {
            traced = batch;
            outcome = load(next.batch(), next.epoch(), Outcome.NOTHING_YET);
            if (outcome.complete()) {
                batch.done();
            }
        }
        Instant now = Instant.now();
        settled.add(new Settled(
                next.batch(), next.epoch(), outcome.complete(), outcome.loaded(), now, Duration.between(began, now)));
    }

    private record Outcome(boolean complete, Loaded loaded) {
        static final Outcome NOTHING_YET = new Outcome(true, Loaded.NOTHING);

        Outcome and(Loaded more) {
            return new Outcome(complete, loaded.plus(more));
        }

        Outcome dropped() {
            return new Outcome(false, loaded);
        }
    }

    private Outcome load(Batch batch, int itsEpoch, Outcome before) throws InterruptedException {
        while (runs(itsEpoch)) {
            try {
                if (!prepared && !prepare()) {
                    await();
                    continue;
                }
                Loaded loaded = commit(batch);
                working();
                return before.and(loaded);
            } catch (OffsetsMovedException e) {
                LOG.warnf("pipeline %s: reading again from where the warehouse stands: %s", pipeline, e.getMessage());
                movedIn = itsEpoch;
                // A database that crashed may have taken back dimension rows whose keys are remembered.
                prepared = false;
            } catch (SQLException e) {
                if (Refused.aRow(e) && batch.rows() > 0) {
                    return loadDivided(batch, itsEpoch, before, e);
                }
                waitFor(e);
                await();
            } catch (RuntimeException e) {
                LOG.errorf(e, "pipeline %s: loading failed unexpectedly", pipeline);
                waitFor(e);
                await();
            }
        }
        return before.dropped();
    }

    private Loaded commit(Batch batch) throws SQLException, OffsetsMovedException {
        try (TracedCall transaction = traced.copyTo(warehouse.table(), batch.rows())) {
            Loaded loaded = warehouse.load(batch);
            transaction.done();
            return loaded;
        }
    }

    /** Some row is refused: each half by itself, down to the row. */
    private Outcome loadDivided(Batch batch, int itsEpoch, Outcome before, SQLException refusal)
            throws InterruptedException {
        if (batch.records().size() == 1) {
            return load(batch.refused("the warehouse refused the row: " + refusal.getMessage()), itsEpoch, before);
        }
        Outcome outcome = before;
        for (Batch half : batch.halves()) {
            if (outcome.complete()) {
                outcome = load(half, itsEpoch, outcome);
            }
        }
        return outcome;
    }

    private boolean runs(int itsEpoch) {
        return !stopped() && itsEpoch == epoch && itsEpoch != movedIn;
    }

    private boolean prepare() {
        try {
            ownTables.provide();
            warehouse.prepare();
            prepared = true;
            working();
            return true;
        } catch (IncompatibleTableException e) {
            refuse(e);
        } catch (SQLException | RuntimeException e) {
            waitFor(e);
        }
        return false;
    }

    private void refuse(IncompatibleTableException mistake) {
        prepared = false;
        WorkerState refused = new WorkerState.Refused(mistake.getMessage());
        if (!refused.equals(state)) {
            LOG.errorf("pipeline %s is not loaded: %s", pipeline, mistake.getMessage());
        }
        state = refused;
    }

    /** After any failure the tables are looked at again: the database may be another one. */
    private void waitFor(Exception failure) {
        prepared = false;
        WorkerState waiting = new WorkerState.Waiting("the warehouse fails: " + firstLine(failure));
        if (!waiting.equals(state)) {
            LOG.warnf("pipeline %s: %s", pipeline, waiting.inWords());
        }
        state = waiting;
    }

    private static String firstLine(Exception failure) {
        return String.valueOf(failure.getMessage()).strip().lines().findFirst().orElse(failure.toString());
    }

    private void working() {
        backoff.reset();
        if (!(state instanceof WorkerState.Loading)) {
            LOG.infof("pipeline %s: loading", pipeline);
        }
        state = new WorkerState.Loading();
    }

    private void await() throws InterruptedException {
        stop.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS);
    }
}
