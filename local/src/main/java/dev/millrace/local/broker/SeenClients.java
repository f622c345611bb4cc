package dev.millrace.local.broker;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;

/**
 * For tests: knows the Kafka clients of this process that were given {@code kafka.metric.reporters}, by the id that they
 * go by. A client that is not among them was made without the configuration's settings, and would be made without a
 * password or a certificate too. Thread-safe.
 */
public final class SeenClients implements MetricsReporter {
    private static final Set<String> IDS = new ConcurrentSkipListSet<>();

    /** The ids of all that were seen. */
    public static Set<String> ids() {
        return new TreeSet<>(IDS);
    }

    @Override
    public void configure(Map<String, ?> settings) {
        IDS.add(String.valueOf(settings.get(CommonClientConfigs.CLIENT_ID_CONFIG)));
    }

    @Override
    public void init(List<KafkaMetric> metrics) {
        // Metrics are not what this is about.
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        // Nor are they here.
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
        // Nor here.
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
