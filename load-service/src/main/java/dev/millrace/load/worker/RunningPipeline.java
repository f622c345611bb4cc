package dev.millrace.load.worker;

import io.micrometer.core.instrument.Gauge;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.jboss.logging.Logger;

/** One pipeline's two threads and its gauges. Started and stopped by the thread that watches the pipelines. */
final class RunningPipeline {
    private static final Logger LOG = Logger.getLogger(RunningPipeline.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String name;
    private final Consumer<byte[], byte[]> consumer;
    private final BatchLoader loader;
    private final PipelineWorker worker;
    private final LoadMetrics metrics;
    private final Thread reads;
    private final Thread loads;
    private List<Gauge> gauges = List.of();

    RunningPipeline(
            String name,
            Consumer<byte[], byte[]> consumer,
            BatchLoader loader,
            PipelineWorker worker,
            LoadMetrics metrics) {
        this.name = name;
        this.consumer = consumer;
        this.loader = loader;
        this.worker = worker;
        this.metrics = metrics;
        this.reads = new Thread(worker, "read-" + name);
        this.loads = new Thread(loader, "load-" + name);
    }

    void start() {
        gauges = metrics.gauges(name, worker::lag, () -> worker.state() instanceof WorkerState.Loading ? 1 : 0);
        loads.start();
        reads.start();
    }

    /** A thread that an error of the Java machine ended is not started again: the process has to be. */
    WorkerState state() {
        return isBroken() ? new WorkerState.Waiting("a thread has ended; the log says why") : worker.state();
    }

    /** Whether a thread has ended that was not told to. */
    boolean isBroken() {
        return !loader.stopped() && !(reads.isAlive() && loads.isAlive());
    }

    /** Ends both threads; when it returns nothing is read or loaded any more. */
    void stop() {
        loader.stop();
        consumer.wakeup();
        metrics.remove(gauges);
        try {
            reads.join(PATIENCE.toMillis());
            loads.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (reads.isAlive() || loads.isAlive()) {
            LOG.warnf(
                    "pipeline %s: still busy after %d s; the offsets keep it from doing harm",
                    name, PATIENCE.toSeconds());
        }
    }
}
