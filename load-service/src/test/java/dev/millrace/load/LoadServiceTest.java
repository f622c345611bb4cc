package dev.millrace.load;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.load.quality.ModelQuality;
import dev.millrace.pipeline.Pipeline;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The service as it runs: a folder of declarations, health and metrics over HTTP. */
@QuarkusTest
@QuarkusTestResource(OneMachine.class)
class LoadServiceTest {
    @ConfigProperty(name = "millrace.pipelines.dir")
    Path pipelines;

    @Inject
    ModelQuality quality;

    @AfterEach
    void remove_declarations() throws IOException {
        try (var files = Files.list(pipelines)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        await().until(() -> !health("ready").contains("loading"));
    }

    @Test
    void counts_in_the_names_that_are_documented() throws IOException {
        Pipeline pipeline = declare("metered", Payment.declaration("metered"));
        try (Feed feed = new Feed(pipeline)) {
            IntStream.range(0, 10).mapToObj(Payment::number).forEach(feed::send);
            feed.send(Payment.number(0)).send(Payment.number(1).ofAmount("7")).send("broken", "k", "{");
            feed.awaitLoaded();
            String common = "{pipeline=\"metered\",stage=\"load\"";
            await().untilAsserted(() -> assertThat(get("/q/metrics").asString())
                    .contains(
                            "millrace_events_total{outcome=\"ok\",pipeline=\"metered\",stage=\"load\"} 10.0",
                            "millrace_events_total{outcome=\"duplicate\",pipeline=\"metered\",stage=\"load\"} 1.0",
                            "millrace_events_total{outcome=\"rejected\",pipeline=\"metered\",stage=\"load\"} 2.0",
                            "millrace_rejected_total{pipeline=\"metered\",reason=\"duplicate_id\",stage=\"load\"} 1.0",
                            "millrace_rejected_total{pipeline=\"metered\",reason=\"malformed\",stage=\"load\"} 1.0",
                            "millrace_load_rows_total{operation=\"insert\",pipeline=\"metered\",table=\"fact_metered\"} 10.0",
                            "millrace_load_rows_total{operation=\"insert\",pipeline=\"metered\",table=\"dim_metered_customer\"} 10.0",
                            "millrace_age_seconds_count" + common + "} 13.0",
                            "millrace_age_seconds_bucket" + common,
                            "millrace_stage_seconds_bucket" + common,
                            "millrace_load_lag_records{pipeline=\"metered\"} 0.0",
                            "millrace_load_working{pipeline=\"metered\"} 1.0"));
            assertThat(feed.awaitRejections(2)).hasSize(2);
        }
    }

    @Test
    void is_not_ready_while_the_warehouse_is_away_and_loads_what_came_meanwhile_when_it_is_back() throws IOException {
        Pipeline pipeline = declare("away", Payment.declaration("away"));
        try (Feed feed = new Feed(pipeline)) {
            feed.send(Payment.number(0));
            feed.awaitLoaded();
            assertThat(get("/q/health/ready").statusCode()).isEqualTo(200);
            Sql.executeBeside("ALTER DATABASE millrace ALLOW_CONNECTIONS false");
            Sql.executeBeside("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'millrace'");
            feed.send(Payment.number(1)).flush();
            await().untilAsserted(() -> {
                assertThat(get("/q/health/ready").statusCode()).isEqualTo(503);
                assertThat(health("ready")).contains("waiting: the warehouse fails");
                assertThat(get("/q/health/live").statusCode()).isEqualTo(200);
                assertThat(get("/q/metrics").asString()).contains("millrace_load_working{pipeline=\"away\"} 0.0");
            });

            Sql.executeBeside("ALTER DATABASE millrace ALLOW_CONNECTIONS true");
            feed.awaitLoaded();
            assertThat(Sql.rows("SELECT id FROM fact_away ORDER BY id")).containsExactly("p0000000", "p0000001");
            await().untilAsserted(() ->
                    assertThat(get("/q/health/ready").statusCode()).isEqualTo(200));
        }
    }

    @Test
    void lists_that_were_answered_can_be_joined_with_what_was_chosen_afterwards() throws IOException {
        Pipeline pipeline = declare(
                "listed",
                Payment.declaration("listed")
                        .replace(
                                "  sinks:",
                                "    - window: { by: customer, over: [365d], compute: { chosen: \"recent(segment, 5)\" } }\n"
                                        + "  model: { name: segments, recommend: { history: chosen }, shadow: { alias: tried } }\n"
                                        + "  sinks:"));
        String list = """
                {"id": "l%s", "predicted_at": "2026-03-01T00:00:00Z", "pipeline": "listed", "model": "segments", "version": "1",
                 "route": "%s", "asked": "http", "key": "c1", "basis": "history", "k": 2,
                 "items": [{"item": "gold", "score": 0.9}, {"item": "silver", "score": 0.5}], "features_as_of":
                 "2026-02-28T00:00:00Z", "inputs": {"customer": "c1"}, "features": {"history": ["lead"], "unknown_items": 0}%s}
                """;
        try (Feed feed = new Feed(pipeline)) {
            feed.prediction("c1", list.formatted(1, "main", ""))
                    .prediction("c1", list.formatted(2, "shadow", ", \"compared_id\": \"l1\", \"overlap\": 1.0"))
                    .prediction("c1", "{\"id\": \"l3\", \"predicted_at\": \"2026-03-01T00:00:00Z\"}")
                    .flush();
            feed.send("p1", "c1", """
                    {"id": "p1", "at": "2026-03-01T00:10:00Z", "customer": "c1", "segment": "silver", "amount": 1}""");
            feed.awaitLoaded();
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(Sql.rows("SELECT id, overlap, features ->> 'history'"
                                    + " FROM millrace.predictions WHERE pipeline = 'listed' ORDER BY id"))
                            .containsExactly("l1|null|[\"lead\"]", "l2|1|[\"lead\"]"));
            assertThat(
                            Sql.rows(
                                    "SELECT r.route, r.place, r.item, r.score, r.version FROM millrace.recommended r"
                                            + " JOIN dim_listed_customer c ON c.customer = r.key"
                                            + " JOIN fact_listed f USING (listed_customer_key)"
                                            + " WHERE r.pipeline = 'listed' AND c.segment = r.item AND f.at > r.predicted_at ORDER BY 1"))
                    .containsExactly("main|2|silver|0.5|1", "shadow|2|silver|0.5|1");
        }
    }

    @Test
    void follows_a_declaration_that_changes() throws IOException {
        Pipeline before = declare("changing", Payment.declaration("changing"));
        try (Feed feed = new Feed(before)) {
            feed.send(Payment.number(0));
            feed.awaitLoaded();
            declare(
                    "changing",
                    Payment.declaration("changing")
                            .replace("amount:   {", "channel:  { type: string }\n      amount:   {"));
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    Sql.rows(
                                            "SELECT column_name FROM information_schema.columns WHERE table_name = 'fact_changing'"))
                            .contains("channel"));
            feed.send("p1", "c1", Payment.number(1).json().replace("{", "{\"channel\":\"web\","));
            feed.awaitLoaded();
            assertThat(Sql.rows("SELECT id, channel FROM fact_changing ORDER BY id"))
                    .containsExactly("p0000000|null", "p0000001|web");
        }
    }

    @Test
    void labels_land_in_a_table_of_their_own_each_once_whatever_fails() throws IOException {
        String yaml =
                Payment.declaration("labelled").replace("  transform:", "  labels: { charge-backs: {} }\n  transform:");
        Pipeline pipeline = declare("labelled", yaml);
        Instant acceptedAt = Instant.parse("2026-03-08T12:00:00Z");
        String count = "SELECT count(*) FROM labels_charge_backs WHERE pipeline = 'labelled'";
        try (Feed feed = new Feed(pipeline)) {
            feed.label("charge-backs", "p0000001", "{\"id\":\"p0000001\",\"label\":true}", acceptedAt)
                    .label(
                            "charge-backs",
                            "p0000002",
                            "{\"id\":\"p0000002\",\"label\":0.5,\"by\":\"bank\"}",
                            acceptedAt)
                    .label("charge-backs", "p0000003", "no label", acceptedAt)
                    .flush();
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    Sql.rows(
                                            "SELECT event_id, label, accepted_at AT TIME ZONE 'UTC' FROM labels_charge_backs ORDER BY 1"))
                            .containsExactly("p0000001|1|2026-03-08 12:00:00", "p0000002|0.5|2026-03-08 12:00:00"));

            Sql.executeBeside("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'millrace'");
            declare("labelled", yaml.replace("amount:   {", "channel:  { type: string }\n      amount:   {"));
            for (int i = 10; i < 110; i++) {
                feed.label("charge-backs", "p" + i, "{\"label\":false}", acceptedAt);
            }
            feed.flush();
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(Sql.number(count)).isEqualTo(102));
            assertThat(get("/q/metrics").asString())
                    .contains(
                            "millrace_load_rows_total{operation=\"insert\",pipeline=\"labelled\",table=\"labels_charge_backs\"}");
        }
    }

    @Test
    void tells_how_good_a_model_turned_out_to_be_as_labels_arrive() throws IOException {
        Pipeline pipeline = declare(
                "judged",
                Payment.declaration("judged")
                        .replace(
                                "  transform:",
                                "  labels: { chargebacks: {} }\n  model: { name: m, training: { positive: fraud } }\n"
                                        + "  transform:"));
        String[] scored = {
            "0.9,\"label\":\"fraud\"", "0.8,\"label\":\"fraud\"", "0.7,\"label\":\"no\"", "0.1,\"label\":\"no\""
        };
        try (Feed feed = new Feed(pipeline)) {
            for (int i = 0; i < scored.length; i++) {
                send(feed, Payment.number(i), scored[i]);
            }
            // Of what happened later than labels are late, nothing is known yet.
            send(feed, Payment.number(7 * 24 * 60 + 10), "0.99,\"label\":\"fraud\"");
            feed.awaitLoaded();
            feed.label("chargebacks", Payment.number(0).id(), "{\"label\":1}", Instant.now())
                    .label("chargebacks", Payment.number(2).id(), "{\"label\":0}", Instant.now())
                    .label("chargebacks", Payment.number(2).id(), "{\"label\":1}", Instant.now())
                    .flush();
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(Sql.number("SELECT count(*) FROM labels_chargebacks"))
                            .isEqualTo(3));

            quality.look();

            String of = "model=\"m\",pipeline=\"judged\",version=\"1\"}";
            assertThat(get("/q/metrics").asString())
                    .contains(
                            "millrace_model_quality{measure=\"precision\"," + of + " 0.5",
                            "millrace_model_quality{measure=\"recall\"," + of + " 0.5",
                            "millrace_model_quality{measure=\"positives\"," + of + " 2.0",
                            "millrace_model_quality{measure=\"average_precision\"," + of + " 0.833333");
        }
    }

    private static void send(Feed feed, Payment payment, String score) {
        String json = payment.json();
        feed.send(
                payment.id(),
                payment.customer(),
                json.substring(0, json.length() - 1) + ",\"score\":" + score
                        + ",\"model\":\"m\",\"model_version\":\"1\"}");
    }

    @Test
    void names_a_table_that_does_not_fit_and_stays_ready_for_the_others() throws IOException {
        Sql.execute("CREATE TABLE fact_alien (id int)");
        declare("alien", Payment.declaration("alien"));
        Pipeline other = declare("neighbour", Payment.declaration("neighbour"));
        try (Feed feed = new Feed(other)) {
            feed.send(Payment.number(0));
            feed.awaitLoaded();
            await().untilAsserted(() -> assertThat(health("ready"))
                    .contains("not loaded: table public.fact_alien: it exists and was not made by Millrace"));
            assertThat(get("/q/health/ready").statusCode()).isEqualTo(200);
            assertThat(get("/q/metrics").asString()).contains("millrace_load_working{pipeline=\"alien\"} 0.0");
        }
    }

    /** Written beside and moved, so that it is never read half-way. */
    private Pipeline declare(String name, String yaml) throws IOException {
        Path draft = Files.writeString(pipelines.resolve(name + ".draft"), yaml);
        Files.move(draft, pipelines.resolve(name + ".yaml"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        await().atMost(Duration.ofSeconds(20)).until(() -> health("ready").contains("\"" + name + "\""));
        return Feed.pipeline(yaml);
    }

    private static String health(String which) {
        return get("/q/health/" + which).asString();
    }
}
