package dev.millrace.service.resource;

import dev.millrace.pipeline.topic.Topics;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * How many records wait before the consumers of this process, as the consumers themselves know it: whatever framework
 * made them, Kafka's clients tell it by JMX. By positions, so that the end marks of transactions do not count.
 */
final class ConsumerLag {
    private static final String OF_A_TOPIC =
            "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*,topic=%s,partition=*";

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();

    /** The records of that pipeline's topics that this process has still to read. */
    long of(Topics topics) {
        return topics.all().stream().mapToLong(this::ofTopic).sum();
    }

    private long ofTopic(String topic) {
        long lag = 0;
        try {
            for (ObjectName partition : beans.queryNames(new ObjectName(OF_A_TOPIC.formatted(topic)), null)) {
                lag += lag(partition);
            }
        } catch (JMException e) {
            throw new IllegalStateException("not a name of a bean: " + topic, e);
        }
        return lag;
    }

    private long lag(ObjectName partition) {
        try {
            return beans.getAttribute(partition, "records-lag") instanceof Double records && records > 0
                    ? records.longValue()
                    : 0;
        } catch (JMException gone) {
            // Partitions come and go with each rebalance.
            return 0;
        }
    }
}
