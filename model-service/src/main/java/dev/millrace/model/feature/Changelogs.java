package dev.millrace.model.feature;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.WindowStep;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The changelogs of one version of a pipeline's windows, by the names of their steps. Immutable. */
final class Changelogs {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Map<String, String> topics = new LinkedHashMap<>();

    Changelogs(Pipeline pipeline) {
        for (int place : pipeline.transform().keyedSteps()) {
            if (pipeline.transform().keyedStep(place) instanceof WindowStep step) {
                topics.put(step.name(), pipeline.topics().changelog(pipeline.stateVersion(), step.name()));
            }
        }
    }

    /** The names of the steps. */
    Set<String> steps() {
        return topics.keySet();
    }

    /** Gives each step with its topic. */
    void forEach(BiConsumer<String, String> action) {
        topics.forEach(action);
    }

    /**
     * The topics by their steps; none where no version of transform has ever counted.
     *
     * @throws IllegalStateException if the broker does not answer, or some of them are missing
     */
    Map<String, TopicDescription> describe(Admin admin) throws InterruptedException {
        Map<String, KafkaFuture<TopicDescription>> asked =
                admin.describeTopics(List.copyOf(topics.values())).topicNameValues();
        Map<String, TopicDescription> found = new HashMap<>();
        for (Map.Entry<String, String> changelog : topics.entrySet()) {
            try {
                found.put(
                        changelog.getKey(),
                        asked.get(changelog.getValue()).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw new IllegalStateException(e.getCause().getMessage(), e);
                }
            } catch (TimeoutException e) {
                throw new IllegalStateException("the broker did not answer within " + PATIENCE.toSeconds() + " s", e);
            }
        }
        if (!found.isEmpty() && found.size() < topics.size()) {
            throw new IllegalStateException("of its topics " + topics.values() + " some are missing");
        }
        return found;
    }
}
