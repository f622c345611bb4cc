package dev.millrace.acceptance;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.millrace.local.process.Life;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Kafka with TLS, passwords and rights; the services' user may do what the page on installing says, and no more. */
@Tag("long")
class SecuredIT {
    private static final Pattern GRANT = Pattern.compile(
            "^ *\\| (topic|group|transactional id|cluster) \\| (?:prefix `([^`]+)`[^|]*)?\\| ([A-Za-z, ]+) \\|$",
            Pattern.MULTILINE);
    private static final List<String> EVENTS =
            IntStream.range(0, 200).mapToObj(SecuredIT::event).toList();

    private record Grant(ResourceType type, String prefix, List<AclOperation> operations) {}

    @Test
    void events_become_scored_rows_with_the_rights_that_the_page_grants(@TempDir Path folder) throws Exception {
        List<Grant> grants = grants();
        assertThat(grants).hasSize(5);
        try (SecuredKafka kafka = new SecuredKafka(folder)) {
            for (Grant grant : grants) {
                kafka.grant(grant.type(), grant.prefix(), grant.operations());
            }
            StackSettings settings = StackSettings.of(Stacks.home(), Stacks.state("secured"))
                    .withFreePorts()
                    .forgetting(Forget.STATE_AND_FILES)
                    .withLife(Life.SHORT)
                    .withEnvironment(kafka.environment());
            try (Stack stack = Stack.start(settings, line -> System.out.println("secured: " + line))) {
                events(stack);
                predictions(stack);
                assertNothingWasRefused(stack);
            }
        }
    }

    /** From HTTP and a file, with a label, to rows. */
    private static void events(Stack stack) throws IOException {
        Path file = stack.data().resolve("card-fraud/some.csv");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                "transaction_id,tx_datetime,customer_id,terminal_id,tx_amount\nf-1,2026-03-02 10:00:00,7,3,12.50\n");
        URI pipeline = stack.address(Service.INGEST).resolve("/pipelines/card-fraud/");
        given().contentType("application/x-ndjson")
                .body(String.join("\n", EVENTS).getBytes(StandardCharsets.UTF_8))
                .post(pipeline.resolve("events"))
                .then()
                .statusCode(202)
                .body("accepted", is(EVENTS.size()));
        given().contentType("application/json")
                .body("{\"transaction_id\": \"t-1\", \"label\": true}")
                .post(pipeline.resolve("labels/chargebacks"))
                .then()
                .statusCode(202);
        Awaitility.await("scored rows")
                .atMost(Duration.ofSeconds(90))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(new Warehouse(stack.postgres())
                                .values("select count(*) from fact_transaction where score is not null"))
                        .containsExactly(Integer.toString(EVENTS.size() + 1)));
    }

    /** With the customer's windows, which are read from the changelogs. */
    private static void predictions(Stack stack) {
        Awaitility.await("predictions with live features")
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> given().contentType("application/json")
                        .body("{\"model\": \"card-fraud\", \"inputs\": [" + event(1_000) + "]}")
                        .post(stack.address(Service.MODEL).resolve("/predict"))
                        .then()
                        .statusCode(200)
                        .body("predictions", hasSize(1)));
    }

    private static void assertNothingWasRefused(Stack stack) throws IOException {
        for (Service service : Service.values()) {
            try (Stream<String> log = Files.lines(stack.log(service))) {
                assertThat(log.filter(line -> line.contains("Authorization") || line.contains("Authentication")))
                        .as("the log of %s", service.label())
                        .isEmpty();
            }
        }
    }

    private static String event(int number) {
        return String.format(
                Locale.ROOT,
                "{\"transaction_id\": \"t-%d\", \"tx_datetime\": \"2026-03-01 %02d:%02d:00\", \"customer_id\": \"%d\","
                        + " \"terminal_id\": \"%d\", \"tx_amount\": %d.5}",
                number,
                number / 60 % 24,
                number % 60,
                number % 10,
                number % 7,
                1 + number % 90);
    }

    private static List<Grant> grants() throws IOException {
        Matcher rows = GRANT.matcher(Files.readString(Stacks.home().resolve("docs/operations/install.md")));
        List<Grant> grants = new ArrayList<>();
        while (rows.find()) {
            grants.add(new Grant(
                    ResourceType.valueOf(rows.group(1).replace(' ', '_').toUpperCase(Locale.ROOT)),
                    rows.group(2),
                    Stream.of(rows.group(3).split(", "))
                            .map(name -> AclOperation.valueOf(
                                    name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT)))
                            .toList()));
        }
        return grants;
    }
}
