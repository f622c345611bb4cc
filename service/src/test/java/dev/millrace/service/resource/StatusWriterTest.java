package dev.millrace.service.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.cluster.Cluster;
import dev.millrace.service.leadership.Leadership;
import io.fabric8.kubernetes.api.model.Event;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a mock API server; what it can not show is told at {@link ApiServer}. */
class StatusWriterTest {
    private static final Duration PROMISE = Duration.ofSeconds(10);

    private final List<Replica> replicas = new ArrayList<>();
    private ApiServer api;

    @BeforeEach
    void begin() throws IOException {
        api = new ApiServer();
        api.start();
        api.define();
    }

    @AfterEach
    void end() {
        replicas.forEach(replica -> replica.resources.end());
        api.close();
    }

    @Test
    void a_pipeline_is_pending_until_every_stage_works_on_it_and_running_then() {
        Replica ingest = new Replica("ingest");
        Replica transform = new Replica("transform");
        api.apply(Yaml.VALID);

        ingest.awaitWrite("Pending");
        assertThat(status().path("message").asText()).isEqualTo("transform has not taken it up yet");
        assertThat(condition("Ready")).isEqualTo("False");

        transform.awaitWrite("Running");
        assertThat(status().path("message").asText()).isEmpty();
        assertThat(condition("Ready")).isEqualTo("True");
        assertThat(condition("Valid")).isEqualTo("True");
        assertThat(status().path("lastGoodGeneration")).isEqualTo(status().path("observedGeneration"));
    }

    @Test
    void a_stage_that_can_not_begin_says_why() {
        Replica ingest = new Replica("ingest");
        ingest.works = false;
        ingest.delays = Map.of("orders", "the broker did not answer within 10 s");
        api.apply(Yaml.VALID);

        ingest.awaitWrite("Pending");

        assertThat(status().path("message").asText()).contains("ingest: the broker did not answer within 10 s");
    }

    @Test
    void figures_of_all_stages_come_together() {
        Replica ingest = new Replica("ingest");
        Replica transform = new Replica("transform");
        ingest.figures = new Figures(12.34, 0, 2, Optional.empty(), Optional.empty());
        transform.figures = new Figures(11, 40, 3, Optional.empty(), Optional.empty());
        api.apply(Yaml.VALID);

        ingest.awaitWrite("Pending");
        transform.awaitWrite("Running");

        assertThat(status().path("eventsPerSecond").asDouble()).isEqualTo(12.3);
        assertThat(status().path("lag").asLong()).isEqualTo(40);
        assertThat(status().path("rejected").asLong()).isEqualTo(5);
        assertThat(status().at("/stages/transform/leader").asText()).isEqualTo("transform-0");
    }

    @Test
    void a_mistake_stands_in_the_status_and_in_one_event_and_the_last_good_one_is_kept() {
        Replica ingest = new Replica("ingest");
        Replica transform = new Replica("transform");
        api.apply(Yaml.VALID);
        ingest.awaitWrite("Pending");
        transform.awaitWrite("Running");

        api.apply(Yaml.WRONG);
        ingest.awaitWrite("Invalid");
        transform.look();

        assertThat(status().path("message").asText()).isEqualTo(Yaml.MISTAKE);
        assertThat(condition("Valid")).isEqualTo("False");
        assertThat(condition("Ready")).isEqualTo("True");
        assertThat(status().path("lastGoodGeneration").asLong())
                .isLessThan(status().path("observedGeneration").asLong());
        assertThat(status().path("lastGoodSpec").asText()).contains("\"time\":\"at\"");
        assertThat(events()).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("Warning");
            assertThat(event.getReason()).isEqualTo("Refused");
            assertThat(event.getMessage()).isEqualTo(Yaml.MISTAKE);
            assertThat(event.getInvolvedObject().getName()).isEqualTo("orders");
        });

        api.apply(Yaml.CHANGED);
        ingest.awaitWrite("Pending");
        assertThat(status().path("message").asText()).contains("transform still works on generation");
        transform.awaitWrite("Running");
        assertThat(events()).extracting(Event::getReason).containsExactlyInAnyOrder("Refused", "Accepted");
    }

    @Test
    void a_change_that_the_state_can_not_go_on_with_is_told_as_a_mistake_is_and_the_last_good_one_is_kept() {
        Replica ingest = new Replica("ingest");
        Replica transform = new Replica("transform");
        api.apply(Yaml.VALID);
        ingest.awaitWrite("Pending");
        transform.awaitWrite("Running");
        String reason = "step window-shop: it is new";
        ingest.refusals = Map.of("orders", reason);
        transform.refusals = ingest.refusals;

        api.apply(Yaml.CHANGED);
        ingest.awaitWrite("Invalid");
        transform.look();

        assertThat(status().path("message").asText()).isEqualTo(reason);
        assertThat(condition("Valid")).isEqualTo("False");
        assertThat(condition("Ready")).isEqualTo("True");
        assertThat(status().path("lastGoodSpec").asText()).contains("100.0").doesNotContain("200.0");
        assertThat(events()).extracting(Event::getMessage).containsExactly(reason);
    }

    @Test
    void a_leader_that_does_not_know_it_is_none_any_more_overwrites_nothing() {
        Replica late = new Replica("ingest", "late");
        Replica leader = new Replica("ingest", "leader");
        api.apply(Yaml.VALID);
        late.awaitKnown();
        leader.awaitWrite("Pending");

        late.write();

        assertThat(status().at("/stages/ingest/leader").asText()).isEqualTo("leader");
    }

    @Test
    void who_does_not_lead_writes_nothing() {
        Replica follower = new Replica("ingest");
        follower.leads = false;
        api.apply(Yaml.VALID);
        follower.awaitKnown();

        follower.write();

        assertThat(status().isMissingNode()).isTrue();
    }

    @Test
    void figures_that_stay_are_not_written_again() {
        Replica ingest = new Replica("ingest");
        api.apply(Yaml.VALID);
        ingest.awaitWrite("Pending");
        String version = api.pipelines().withName("orders").get().getMetadata().getResourceVersion();

        await().atMost(PROMISE).until(() -> ingest.sees(version));
        ingest.write();

        assertThat(api.pipelines().withName("orders").get().getMetadata().getResourceVersion())
                .isEqualTo(version);
    }

    private JsonNode status() {
        Object status = api.pipelines()
                .withName("orders")
                .get()
                .getAdditionalProperties()
                .get("status");
        return status == null ? MissingNode.getInstance() : Declarations.JSON.valueToTree(status);
    }

    private String condition(String type) {
        for (JsonNode condition : status().path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText();
            }
        }
        return "";
    }

    private List<Event> events() {
        return api.admin().v1().events().inNamespace(ApiServer.NAMESPACE).list().getItems();
    }

    /** One replica of a service: it looks and writes when the test says so. */
    private final class Replica implements Leadership, StatusWriter.Running {
        private final PipelineResources resources;
        private final StatusWriter writer;
        private final String name;
        private boolean leads = true;
        private boolean works = true;
        private Map<String, String> delays = Map.of();
        private Map<String, String> refusals = Map.of();
        private Figures figures = Figures.NONE;
        private Map<String, Pipeline> running = Map.of();

        Replica(String stage) {
            this(stage, stage + "-0");
        }

        Replica(String stage, String name) {
            Cluster cluster = api.cluster();
            this.name = name;
            resources = new PipelineResources(cluster);
            writer = new StatusWriter(cluster, resources, this, this, stage, Duration.ofSeconds(10));
            resources.begin();
            replicas.add(this);
        }

        void look() {
            running = resources.scan().pipelines();
            write();
        }

        void write() {
            writer.write(new Fleet(Map.of("orders", figures), 1));
        }

        void awaitWrite(String phase) {
            await().atMost(PROMISE).until(() -> {
                look();
                return status().path("phase").asText().equals(phase);
            });
        }

        void awaitKnown() {
            await().atMost(PROMISE).until(() -> {
                resources.scan();
                return !resources.verdicts().isEmpty();
            });
        }

        boolean sees(String version) {
            resources.scan();
            return resources
                    .verdicts()
                    .iterator()
                    .next()
                    .resource()
                    .getMetadata()
                    .getResourceVersion()
                    .equals(version);
        }

        @Override
        public boolean held() {
            return leads;
        }

        @Override
        public String replica() {
            return name;
        }

        @Override
        public Optional<Pipeline> find(String pipeline) {
            return works ? Optional.ofNullable(running.get(pipeline)) : Optional.empty();
        }

        @Override
        public Optional<String> refusal(String pipeline) {
            return Optional.ofNullable(refusals.get(pipeline));
        }

        @Override
        public Map<String, String> delays() {
            return delays;
        }
    }
}
