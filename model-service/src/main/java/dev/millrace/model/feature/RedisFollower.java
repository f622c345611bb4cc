package dev.millrace.model.feature;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.feature.RedisChunks.Found;
import dev.millrace.model.feature.RedisChunks.Partition;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.KeyState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.jboss.logging.Logger;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What the windows of one version of a pipeline's state hold, in a Redis that all replicas share. Each reads some of the
 * changelogs' partitions, as a group shares them out, and writes them there; all ask for all of them. A thread of its own
 * reads, and begins again where that fails; asking is thread-safe.
 */
final class RedisFollower implements WindowCopy {
    private static final Logger LOG = Logger.getLogger(RedisFollower.class);
    private static final String BEING_READ = "the state of its windows is being read";

    private final String pipeline;
    private final String application;
    private final Changelogs changelogs;
    private final RedisServer server;
    private final RedisChunks chunks;
    private final Map<String, Object> kafka;
    private final Admin admin;
    private final FollowerThread thread;
    /** By steps; of each one its partitions in order, none where nothing was ever counted. */
    private volatile Map<String, List<Partition>> windows;

    /** That version's windows; a thread begins to read them. */
    RedisFollower(Pipeline pipeline, RedisServer server, Map<String, Object> kafka, Admin admin) {
        this.pipeline = pipeline.name();
        this.application = WindowCopy.application(pipeline.name(), pipeline.stateVersion());
        this.changelogs = new Changelogs(pipeline);
        this.server = server;
        this.chunks = new RedisChunks(server.client(), application);
        this.kafka = kafka;
        this.admin = admin;
        this.thread = new FollowerThread(pipeline.name(), application, BEING_READ, this::follow);
        thread.start();
    }

    @Override
    public String pipeline() {
        return pipeline;
    }

    @Override
    public Optional<String> problem() {
        return windows == null ? Optional.of(thread.problem()) : Optional.empty();
    }

    @Override
    public Held held(WindowStep step, String key) {
        Map<String, List<Partition>> all = windows;
        List<Partition> partitions = all == null ? null : all.get(step.name());
        if (partitions == null) {
            throw new StateAwayException(thread.problem());
        }
        KeyState state = new KeyState(step.plan());
        if (partitions.isEmpty()) {
            return new Held(state, Optional.empty());
        }
        int partition = BuiltInPartitioner.partitionForKey(key.getBytes(UTF_8), partitions.size());
        try {
            Found found = chunks.find(partitions.get(partition), key);
            if (!found.filled()) {
                // Somebody has emptied Redis: what is there would look like a new key.
                throw new StateAwayException(BEING_READ + " again");
            }
            found.chunks().forEach(state::load);
            return new Held(state, found.newest());
        } catch (JedisException e) {
            throw new StateAwayException(server.says(e));
        }
    }

    private void follow() throws InterruptedException {
        try {
            server.requireThatItKeeps();
            Map<String, TopicDescription> topics = changelogs.describe(admin);
            if (topics.isEmpty()) {
                windows = nothing();
            } else {
                follow(topics);
            }
        } catch (JedisException e) {
            thread.tell(server.says(e));
        }
    }

    private Map<String, List<Partition>> nothing() {
        Map<String, List<Partition>> empty = new HashMap<>();
        changelogs.steps().forEach(step -> empty.put(step, List.of()));
        return empty;
    }

    private void follow(Map<String, TopicDescription> topics) {
        try (RedisReading reading = new RedisReading(pipeline, topics, chunks, settings(), whole -> windows = whole)) {
            while (!thread.isStopping()) {
                reading.goOn();
            }
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, application);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, application);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        return settings;
    }

    @Override
    public void forget() {
        try {
            chunks.forget();
        } catch (JedisException e) {
            LOG.warnf("pipeline %s: what Redis has of %s is left: %s", pipeline, application, server.says(e));
        }
    }

    @Override
    public void close() {
        thread.stop();
        // A poll ends by itself; one that is interrupted would leave the group without saying so.
        thread.join();
        thread.interrupt();
    }
}
