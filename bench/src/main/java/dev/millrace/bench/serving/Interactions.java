package dev.millrace.bench.serving;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.expression.EvaluationException;
import dev.millrace.pipeline.transform.CheckListener;
import dev.millrace.pipeline.transform.KeyedStep;
import dev.millrace.pipeline.transform.Outcome;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.ChunkKey;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.pipeline.window.Windowed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes interactions as transform-service leaves them in the changelogs of a pipeline's windows. One thread. */
final class Interactions implements AutoCloseable {
    private static final int PARTITIONS = 4;

    private final Pipeline pipeline;
    private final KafkaProducer<byte[], byte[]> producer;

    /** Those of a declared pipeline, whose changelogs are made. */
    Interactions(KafkaBroker kafka, String yaml)
            throws InvalidDeclarationException, InterruptedException, ExecutionException {
        this.pipeline = Pipeline.of(DeclarationReader.read("pipeline.yaml", yaml));
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers(), ProducerConfig.LINGER_MS_CONFIG, 20);
        try (Admin admin = Admin.create(settings)) {
            List<NewTopic> missing = new ArrayList<>();
            for (int place : pipeline.transform().keyedSteps()) {
                String changelog = changelog(pipeline.transform().keyedStep(place));
                if (!admin.listTopics().names().get().contains(changelog)) {
                    missing.add(new NewTopic(changelog, PARTITIONS, (short) 1));
                }
            }
            admin.createTopics(missing).all().get();
        }
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private String changelog(KeyedStep step) {
        return pipeline.topics().changelog("", step.name());
    }

    /** A user or an item had those interactions, and none before, as the window of that name counts them. */
    void of(String window, String key, List<Interaction> interactions) throws EvaluationException {
        for (int place : pipeline.transform().keyedSteps()) {
            if (pipeline.transform().keyedStep(place) instanceof WindowStep step
                    && step.field().equals(window)) {
                keep(step, place, key, interactions);
            }
        }
    }

    /** Somebody chose something. */
    record Interaction(String user, String item, Instant at) {}

    private void keep(WindowStep step, int place, String key, List<Interaction> interactions)
            throws EvaluationException {
        KeyState state = new KeyState(step.plan());
        Map<Long, byte[]> chunks = new TreeMap<>();
        for (Interaction one : interactions) {
            String event = "{\"id\":\"x\",\"at\":\"" + one.at() + "\",\"user_id\":\"" + one.user() + "\",\"item_id\":\""
                    + one.item() + "\"}";
            Row row = ((Reading.Read) pipeline.eventReader().read(event.getBytes(StandardCharsets.UTF_8))).row();
            Outcome.At waiting = (Outcome.At) pipeline.transform().enter(row, CheckListener.NONE);
            while (waiting.step() < place) {
                // What the windows before add is not looked at.
                waiting = (Outcome.At) pipeline.transform()
                        .proceed(
                                ((WindowStep) pipeline.transform().keyedStep(waiting.step())).without(waiting.row()),
                                waiting.step() + 1);
            }
            Windowed windowed = step.plan().add(waiting.row(), pipeline.time(row), state);
            chunks.put(windowed.changed(), windowed.bytes());
        }
        int partition = BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), PARTITIONS);
        long now = System.currentTimeMillis();
        chunks.forEach((number, bytes) ->
                producer.send(new ProducerRecord<>(changelog(step), partition, now, ChunkKey.of(key, number), bytes)));
    }

    /** Waits until all of it is written. */
    @Override
    public void close() {
        producer.flush();
        producer.close();
    }
}
