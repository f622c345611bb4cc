package dev.millrace.service.topics;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Topics on a test's own broker. */
public final class TestTopics {
    private TestTopics() {}

    public static TopicProvisioner of(Map<String, Object> kafka) {
        return new TopicProvisioner(
                new TopicsConfig() {
                    @Override
                    public int partitions() {
                        return 1;
                    }

                    @Override
                    public OptionalInt replication() {
                        return OptionalInt.of(1);
                    }

                    @Override
                    public Optional<Duration> retention() {
                        return Optional.empty();
                    }

                    @Override
                    public Duration timeout() {
                        return Duration.ofSeconds(20);
                    }
                },
                kafka);
    }
}
