package dev.millrace.service.reference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicReferenceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    static KafkaBroker broker;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start(folder.resolve("broker"), 0, Life.SHORT);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void holds_all_of_the_topic_before_anyone_asks_and_follows_it_from_then_on() throws Exception {
        makeTopic("zones");
        send("zones", "7", zone("Ghent"));
        send("zones", "8", zone("Bruges"));
        send("zones", "7", zone("Gent"));
        send("zones", "9", zone("Ypres"));
        send("zones", "9", null);

        try (TopicReference reference = open("zones", 100)) {
            reference.awaitWhole(PATIENCE);
            assertThat(city(reference, "7")).contains("Gent");
            assertThat(city(reference, "8")).contains("Bruges");
            assertThat(reference.find("9")).isEmpty();
            assertThat(reference.size()).isEqualTo(2);

            send("zones", "10", zone("Leuven"));
            await().atMost(PATIENCE).until(() -> city(reference, "10").equals(Optional.of("Leuven")));
            send("zones", "8", null);
            await().atMost(PATIENCE).until(() -> reference.find("8").isEmpty());
            send("zones", "7", zone("Gand"));
            await().atMost(PATIENCE).until(() -> city(reference, "7").equals(Optional.of("Gand")));
            assertThat(reference.problem()).isEmpty();
        }
    }

    @Test
    void sees_what_is_committed_alone() throws Exception {
        makeTopic("committed");
        send("committed", "1", zone("before"));
        Map<String, Object> settings = settings();
        settings.put("transactional.id", "t");
        try (KafkaProducer<byte[], byte[]> producer = producer(settings);
                TopicReference reference = open("committed", 100)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record("committed", "1", zone("aborted"))).get();
            reference.awaitWhole(PATIENCE);
            assertThat(city(reference, "1")).contains("before");
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(record("committed", "2", zone("after"))).get();
            producer.commitTransaction();

            await().atMost(PATIENCE).until(() -> city(reference, "2").equals(Optional.of("after")));
            assertThat(city(reference, "1")).contains("before");
        }
        try (TopicReference later = open("committed", 100)) {
            later.awaitWhole(PATIENCE);
            assertThat(later.size()).isEqualTo(2);
        }
    }

    @Test
    void a_record_that_can_not_be_read_leaves_its_keys_row_as_it_was_and_is_named() throws Exception {
        makeTopic("spoiled");
        send("spoiled", "7", zone("Ghent"));
        send("spoiled", "7", "{\"city_name\": \"Gent\", \"toll\": \"much\"}");
        send("spoiled", "seven", zone("Gent"));

        try (TopicReference reference = open("spoiled", 1)) {
            reference.awaitWhole(PATIENCE);
            assertThat(city(reference, "7")).contains("Ghent");
            assertThat(reference.problem())
                    .contains("2 records were not taken, the last at spoiled-0@2: its key is not a whole number such as"
                            + " 42");

            send("spoiled", "8", zone("Bruges"));
            await().atMost(PATIENCE)
                    .until(() -> reference
                            .problem()
                            .orElse("")
                            .equals("3 records were not taken, the last at spoiled-0@3: there are 1 rows;"
                                    + " millrace.references.max-rows allows more"));
            assertThat(reference.find("8")).isEmpty();
        }
    }

    @Test
    void says_why_a_topic_can_not_be_read() throws Exception {
        try (TopicReference none = open("none", 100)) {
            assertThatThrownBy(() -> none.awaitWhole(PATIENCE)).hasMessage("there is no reference topic 'none'");
        }
        makeTopic("large");
        for (String key : List.of("1", "2", "3")) {
            send("large", key, zone("x"));
        }
        try (TopicReference large = open("large", 2)) {
            assertThatThrownBy(() -> large.awaitWhole(PATIENCE))
                    .hasMessage(
                            "the reference topic 'large' has more than 2 rows; millrace.references.max-rows allows more");
        }
    }

    @Test
    void a_topic_that_is_made_anew_is_read_anew() throws Exception {
        makeTopic("anew");
        for (String key : List.of("1", "2", "3")) {
            send("anew", key, zone("old"));
        }
        try (TopicReference reference = open("anew", 100);
                Admin admin = Admin.create(settings())) {
            reference.awaitWhole(PATIENCE);
            admin.deleteTopics(List.of("anew")).all().get();
            await().atMost(PATIENCE)
                    .until(() -> !admin.listTopics().names().get().contains("anew"));
            makeTopic("anew");
            send("anew", "1", zone("new"));

            await().atMost(PATIENCE.multipliedBy(2))
                    .until(() -> city(reference, "1").equals(Optional.of("new")) && reference.size() == 1);
        }
    }

    private static TopicReference open(String topic, int most) {
        return new TopicReference("trips", topic, Shapes.zones("topic: " + topic, ""), most, settings());
    }

    private static Optional<String> city(TopicReference reference, String key) {
        return reference.find(key).map(row -> (String) row.get("city_name"));
    }

    private static String zone(String city) {
        return "{\"city_name\": \"" + city + "\", \"toll\": 1.5}";
    }

    private static Map<String, Object> settings() {
        return new HashMap<>(Map.of("bootstrap.servers", broker.bootstrapServers(), "metadata.max.age.ms", 2_000));
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String key, String value) {
        return new ProducerRecord<>(topic, key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
    }

    private static void send(String topic, String key, String value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(settings())) {
            producer.send(record(topic, key, value)).get();
        }
    }

    private static void makeTopic(String name) throws Exception {
        try (Admin admin = Admin.create(settings())) {
            NewTopic topic = new NewTopic(name, 1, (short) 1)
                    .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
            admin.createTopics(List.of(topic)).all().get();
        }
    }
}
