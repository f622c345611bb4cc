package dev.millrace.service.resource;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.cluster.Cluster;
import dev.millrace.service.leadership.Leadership;
import dev.millrace.service.pipelines.Pipelines;
import dev.millrace.service.pipelines.PipelinesConfig;
import dev.millrace.service.pipelines.SourceKind;
import dev.millrace.service.topics.TopicProvisioner;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Keeps the status of resources, on one thread of its own; does nothing where pipelines come from elsewhere. */
@ApplicationScoped
public class StatusTask {
    private static final Logger LOG = Logger.getLogger(StatusTask.class);

    private static final long LOOK_MILLIS = 1_000;

    /** A replica that was not heard of for so many periods does not count. */
    private static final int FRESH_PERIODS = 4;

    private final PipelinesConfig config;
    private final Cluster cluster;
    private final PipelineResources resources;
    private final Pipelines pipelines;
    private final Leadership leadership;
    private final TopicProvisioner topics;
    private final MeterRegistry registry;
    private final String service;
    private final Map<String, Object> kafka;

    private ScheduledExecutorService thread;
    private OwnFigures figures;
    private Reports reports;
    private StatusWriter writer;
    private Fleet fleet = Fleet.NONE;
    private long readAtNanos;

    StatusTask(
            PipelinesConfig config,
            Cluster cluster,
            PipelineResources resources,
            Pipelines pipelines,
            Leadership leadership,
            TopicProvisioner topics,
            MeterRegistry registry,
            @ConfigProperty(name = "quarkus.application.name") String service,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.config = config;
        this.cluster = cluster;
        this.resources = resources;
        this.pipelines = pipelines;
        this.leadership = leadership;
        this.topics = topics;
        this.registry = registry;
        this.service = service;
        this.kafka = kafka;
    }

    void start(@Observes StartupEvent event) {
        if (config.source() != SourceKind.KUBERNETES) {
            return;
        }
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread started = new Thread(task, "status");
            started.setDaemon(true);
            return started;
        });
        Duration every = config.statusEvery();
        figures = new OwnFigures(registry);
        reports = new KafkaReports(service, leadership.replica(), every.multipliedBy(FRESH_PERIODS), kafka, topics);
        writer = new StatusWriter(
                cluster, resources, running(), leadership, service.replaceFirst("^millrace-", ""), every);
        thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (thread != null) {
            thread.shutdown();
            thread.awaitTermination(5, TimeUnit.SECONDS);
            reports.close();
        }
    }

    private void look() {
        try {
            long now = System.nanoTime();
            if (fleet == Fleet.NONE || now - readAtNanos >= config.statusEvery().toNanos()) {
                readAtNanos = now;
                read();
            }
            writer.write(fleet);
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again.
            LOG.error("writing the status of pipelines failed; trying again", e);
        }
    }

    private void read() {
        Map<String, Figures> own = figures.read(pipelines.all());
        reports.publish(own);
        fleet = leadership.held() ? Fleet.of(own, reports.others()) : new Fleet(own, 1);
    }

    private StatusWriter.Running running() {
        return new StatusWriter.Running() {
            @Override
            public Optional<Pipeline> find(String name) {
                return pipelines.declared(name);
            }

            @Override
            public Optional<String> refusal(String name) {
                return Optional.ofNullable(pipelines.refusals().get(name));
            }

            @Override
            public Map<String, String> delays() {
                return pipelines.delays();
            }
        };
    }
}
