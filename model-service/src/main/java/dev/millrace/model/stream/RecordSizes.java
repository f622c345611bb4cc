package dev.millrace.model.stream;

import dev.millrace.pipeline.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.Header;

/**
 * The largest records, in bytes, that the topics behind the model take. They are kept to before a record is sent: once the
 * broker has refused a record, its whole transaction is lost, and would be again each time.
 *
 * @param scored the largest scored record
 * @param rejected the largest rejection
 */
record RecordSizes(int scored, int rejected) {
    /** Below a producer's whole buffer, 32 MiB by default, which a record has to fit into as well. */
    static final int LARGEST = 16 * 1024 * 1024;

    /** A batch of one record: its header is 61 bytes, a record's own lengths and deltas at most 21. */
    private static final int BATCH_OVERHEAD = 128;
    /** The lengths of a header's key and value as varints. */
    private static final int HEADER_OVERHEAD = 10;

    private static final int PATIENCE_SECONDS = 10;

    /**
     * What the broker says of the pipeline's topics.
     *
     * @throws KafkaException if it does not say so in time
     */
    static RecordSizes ask(Map<String, Object> kafka, Topics topics) {
        ConfigResource scored = new ConfigResource(ConfigResource.Type.TOPIC, topics.scored());
        ConfigResource rejected = new ConfigResource(ConfigResource.Type.TOPIC, topics.rejected());
        try (Admin admin = Admin.create(kafka)) {
            Map<ConfigResource, Config> configs =
                    admin.describeConfigs(List.of(scored, rejected)).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return new RecordSizes(largest(configs.get(scored)), largest(configs.get(rejected)));
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException(
                    "the size limits of " + scored.name() + " and " + rejected.name() + " can not be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while reading the topics' size limits", e);
        }
    }

    /** At least what the record will take in its topic. */
    static int of(ProducerRecord<byte[], byte[]> record) {
        long size = (long) BATCH_OVERHEAD + length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            // A char is at most three bytes of UTF-8.
            size += HEADER_OVERHEAD + 3L * header.key().length() + length(header.value());
        }
        return (int) Math.min(size, Integer.MAX_VALUE);
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static int largest(Config topic) {
        return Math.min(
                Integer.parseInt(topic.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value()), LARGEST);
    }
}
