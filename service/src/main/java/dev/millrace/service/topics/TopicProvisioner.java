package dev.millrace.service.topics;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.topic.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes a pipeline's topics where they do not exist; one that exists is left as it is. Thread-safe. */
@ApplicationScoped
public class TopicProvisioner {
    /** How long the brokers need about to tell each other of a topic. */
    private static final long NEWS_MILLIS = 50;

    private final TopicsConfig config;
    private final Admin admin;

    TopicProvisioner(TopicsConfig config, @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.config = config;
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("client.id", "millrace-topics");
        this.admin = Admin.create(settings);
    }

    /**
     * Makes the pipeline's topics exist.
     *
     * @throws IllegalStateException if the broker did not answer in time or refused
     */
    public void provide(Pipeline pipeline) {
        Topics topics = pipeline.topics();
        provide(topics);
        if (pipeline.transform().leavesOut()) {
            provide(topics.leftOut(), settings());
        }
        if (pipeline.transform().publishesFeatures()) {
            Map<String, String> compacted = new HashMap<>(settings());
            compacted.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
            provide(topics.features(), compacted);
        }
        if (pipeline.isPredictedFrom()) {
            provide(topics.predictions(), settings());
        }
        // Windows that count labels bring them together with events by partition: both have as many.
        for (String labels : pipeline.declaration().spec().labels().keySet()) {
            provide(topics.labels(labels), settings());
        }
    }

    /** Makes the topics exist that every pipeline has. */
    public void provide(Topics topics) {
        for (String name : topics.all()) {
            provide(name, settings());
        }
    }

    /**
     * Makes a topic exist of which the broker keeps the last record of each key.
     *
     * @throws IllegalStateException if the broker did not answer in time or refused
     */
    public void provideCompacted(String name) {
        provide(new NewTopic(name, Optional.of(1), replication())
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)));
    }

    /**
     * Makes a topic of one partition exist whose records are worth nothing after a while.
     *
     * @throws IllegalStateException if the broker did not answer in time or refused
     */
    public void provideForgetful(String name, Duration worth) {
        provide(new NewTopic(name, Optional.of(1), replication())
                .configs(Map.of(
                        TopicConfig.RETENTION_MS_CONFIG, Long.toString(worth.toMillis()),
                        TopicConfig.SEGMENT_MS_CONFIG, Long.toString(worth.toMillis()))));
    }

    /**
     * How many partitions a topic has that exists.
     *
     * @throws IllegalStateException if the broker did not answer in time or does not know it
     */
    public int partitionsOf(String name) {
        try {
            return admin.describeTopics(List.of(name))
                    .allTopicNames()
                    .get(config.timeout().toMillis(), TimeUnit.MILLISECONDS)
                    .get(name)
                    .partitions()
                    .size();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the partitions of " + name + " can not be counted: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while counting the partitions of " + name, e);
        }
    }

    private void provide(String name, Map<String, String> settings) {
        provide(new NewTopic(name, Optional.of(config.partitions()), replication()).configs(settings));
    }

    private void provide(NewTopic topic) {
        try {
            CreateTopicsResult created = admin.createTopics(List.of(topic));
            created.all().get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
            awaitLeaders(topic.name(), created.numPartitions(topic.name()).get());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(
                        "topic " + topic.name() + " can not be made: "
                                + e.getCause().getMessage(),
                        e.getCause());
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the broker did not answer within " + config.timeout().toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while making topic " + topic.name(), e);
        }
    }

    /** A partition without a leader yet would answer a producer's first batch with an error. */
    private void awaitLeaders(String topic, int partitions)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        long until = System.nanoTime() + config.timeout().toNanos();
        while (!isAnswered(ends, until)) {
            Thread.sleep(NEWS_MILLIS);
        }
    }

    /** The client itself asks again where a leader is missing, but not where a broker has not heard of the topic yet. */
    private boolean isAnswered(Map<TopicPartition, OffsetSpec> ends, long until)
            throws ExecutionException, TimeoutException, InterruptedException {
        try {
            admin.listOffsets(ends).all().get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException && System.nanoTime() < until) {
                return false;
            }
            throw e;
        }
    }

    private Optional<Short> replication() {
        return config.replication().isPresent()
                ? Optional.of((short) config.replication().getAsInt())
                : Optional.empty();
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        config.retention()
                .ifPresent(retention ->
                        settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis())));
        return settings;
    }

    @PreDestroy
    void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
