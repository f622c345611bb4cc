package dev.millrace.service.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.service.pipelines.PipelineSource.Scan;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a mock API server; what it can not show is told at {@link ApiServer}. */
class PipelineResourcesTest {
    private static final Duration PROMISE = Duration.ofSeconds(10);

    private ApiServer api;
    private PipelineResources resources;

    @BeforeEach
    void begin() throws IOException {
        api = new ApiServer();
        resources = new PipelineResources(api.cluster());
    }

    @AfterEach
    void end() {
        resources.end();
        api.close();
    }

    @Test
    void finds_a_pipeline_that_is_applied_changed_and_deleted() {
        serve();
        api.apply(Yaml.VALID);
        Pipeline first = awaitPipeline();
        assertThat(resources.scan().pipelines().get("orders")).isSameAs(first);

        api.apply(Yaml.CHANGED);
        await().atMost(PROMISE).until(() -> resources.scan().pipelines().get("orders") != first);

        api.pipelines().withName("orders").delete();
        await().atMost(PROMISE).until(() -> resources.scan().pipelines().isEmpty());
    }

    @Test
    void goes_on_with_the_last_good_one_and_says_of_a_mistake_what_the_reader_of_files_says() {
        serve();
        api.apply(Yaml.VALID);
        Pipeline good = awaitPipeline();

        api.apply(Yaml.WRONG);

        await().atMost(PROMISE).until(() -> !resources.scan().mistakes().isEmpty());
        assertThat(resources.scan().mistakes()).containsEntry("pipelines/orders", Yaml.MISTAKE);
        assertThat(messageOfAFile(Yaml.WRONG)).endsWith(": " + Yaml.MISTAKE);
        assertThat(resources.scan().pipelines().get("orders")).isSameAs(good);

        api.apply(Yaml.VALID);
        await().atMost(PROMISE).until(() -> resources.scan().mistakes().isEmpty());
    }

    @Test
    void one_that_is_too_odd_to_be_read_does_not_hold_up_the_others() {
        serve();
        api.apply("""
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: odd }
                spec: { event: [ 1, { x: null } ], sources: "none" }
                """);
        api.apply("""
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: empty }
                """);
        api.apply(Yaml.VALID);

        awaitPipeline();
        await().atMost(PROMISE).until(() -> resources.scan().mistakes().size() == 2);
        assertThat(resources.scan().mistakes()).containsOnlyKeys("pipelines/odd", "pipelines/empty");
    }

    @Test
    void a_label_or_a_status_does_not_make_another_pipeline_of_it() {
        serve();
        api.apply(Yaml.VALID);
        Pipeline first = awaitPipeline();
        String version =
                resources.verdicts().iterator().next().resource().getMetadata().getResourceVersion();

        api.pipelines().withName("orders").edit(resource -> {
            resource.getMetadata().setLabels(Map.of("team", "shop"));
            return resource;
        });

        await().atMost(PROMISE).until(() -> {
            resources.scan();
            return !resources
                    .verdicts()
                    .iterator()
                    .next()
                    .resource()
                    .getMetadata()
                    .getResourceVersion()
                    .equals(version);
        });
        assertThat(resources.scan().pipelines().get("orders")).isSameAs(first);
    }

    @Test
    void reads_a_declaration_whose_keys_the_api_server_has_sorted() {
        serve();
        api.apply(Yaml.VALID.replace(
                "{ large: \"amount > 100.0\" }",
                "{ is_both: large && twice > 1.0, large: amount > 100.0, twice: amount * 2.0 }"));

        awaitPipeline();
        assertThat(resources.scan().mistakes()).isEmpty();
    }

    @Test
    void starts_without_an_api_server_says_so_and_finds_it_once_it_is_there() {
        resources.begin();
        await().atMost(PROMISE).until(() -> resources.scan().remark().isPresent());
        Scan without = resources.scan();
        assertThat(without.complete()).isFalse();
        assertThat(without.remark().orElseThrow()).contains("the API server has not told the pipelines yet");

        api.start();
        api.define();
        api.apply(Yaml.VALID);

        awaitPipeline();
        assertThat(resources.scan().complete()).isTrue();
        assertThat(resources.scan().remark()).isEmpty();
    }

    @Test
    void goes_on_while_the_api_server_is_away_and_takes_up_what_changed_meanwhile() {
        serve();
        api.apply(Yaml.VALID);
        Pipeline first = awaitPipeline();

        api.stop();
        await().pollDelay(Duration.ofMillis(500)).atMost(Duration.ofSeconds(30)).until(() -> {
            assertThat(resources.scan().pipelines().get("orders")).isSameAs(first);
            return resources.scan().remark().isPresent();
        });
        assertThat(resources.scan().complete()).isTrue();
        assertThat(resources.scan().remark().orElseThrow()).contains("what was known then goes on");

        api.start();
        api.apply(Yaml.CHANGED);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> resources.scan().pipelines().get("orders") != first);
        await().atMost(PROMISE).until(() -> resources.scan().remark().isEmpty());
    }

    @Test
    void lists_anew_when_the_api_server_has_forgotten_where_the_watch_stopped() {
        serve();
        api.apply(Yaml.VALID);
        awaitPipeline();

        api.stop();
        api.forget();
        api.start();
        api.pipelines().withName("orders").delete();

        await().atMost(Duration.ofSeconds(20))
                .until(() -> resources.scan().pipelines().isEmpty());
    }

    @Test
    void a_replica_that_starts_after_the_mistake_takes_the_last_good_one_from_the_status() {
        serve();
        api.apply(Yaml.VALID);
        awaitPipeline();
        String good =
                resources.verdicts().iterator().next().good().orElseThrow().spec();
        api.apply(Yaml.WRONG);
        api.pipelines().withName("orders").editStatus(resource -> {
            resource.setAdditionalProperty("status", Map.of("lastGoodGeneration", 1, "lastGoodSpec", good));
            return resource;
        });

        PipelineResources later = new PipelineResources(api.cluster());
        later.begin();

        await().atMost(PROMISE).until(() -> later.scan().pipelines().containsKey("orders"));
        assertThat(later.scan().mistakes()).containsEntry("pipelines/orders", Yaml.MISTAKE);
        later.end();
    }

    private void serve() {
        api.start();
        api.define();
        resources.begin();
        await().atMost(PROMISE).until(() -> resources.scan().complete());
    }

    private Pipeline awaitPipeline() {
        return await().atMost(PROMISE).until(() -> resources.scan().pipelines().get("orders"), Objects::nonNull);
    }

    private static String messageOfAFile(String yaml) {
        try {
            DeclarationReader.read("orders.yaml", yaml);
            return "";
        } catch (InvalidDeclarationException e) {
            return e.getMessage();
        }
    }
}
