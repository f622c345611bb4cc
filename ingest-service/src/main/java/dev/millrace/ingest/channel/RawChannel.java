package dev.millrace.ingest.channel;

import dev.millrace.ingest.IngestMetrics;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

/**
 * The channel of everything that is sent without a transaction: what came over HTTP. Its buffer has no bound of its own
 * because what waits in it is bounded by the bytes of the requests in flight. Thread-safe.
 */
@ApplicationScoped
public class RawChannel {
    private final Emitter<byte[]> emitter;
    private final IngestMetrics metrics;

    RawChannel(
            @Channel("raw") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER) Emitter<byte[]> emitter,
            IngestMetrics metrics) {
        this.emitter = emitter;
        this.metrics = metrics;
    }

    /** Sends the record; the stage completes when every in-sync replica has it. */
    public CompletionStage<Void> send(String pipeline, ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        OutgoingKafkaRecordMetadata<byte[]> metadata = OutgoingKafkaRecordMetadata.<byte[]>builder()
                .withTopic(record.topic())
                .withKey(record.key())
                .withTimestamp(Instant.ofEpochMilli(record.timestamp()))
                .withHeaders(record.headers())
                .build();
        emitter.send(Message.of(
                record.value(),
                Metadata.of(metadata),
                () -> {
                    metrics.sent(pipeline, record);
                    acknowledged.complete(null);
                    return CompletableFuture.completedFuture(null);
                },
                failure -> {
                    acknowledged.completeExceptionally(failure);
                    return CompletableFuture.completedFuture(null);
                }));
        return acknowledged;
    }
}
