package dev.millrace.service.install;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What {@code helm test} runs: waits until every service is ready and, if it is told to send events, sends card
 * transactions, waits until each is a row with a score, asks for a prediction, and takes its rows away again. It runs
 * where the database's driver is: in load's image, with load's settings in the environment. Ends with 1 and a sentence on
 * the first thing that is not as it should be. One thread.
 */
public final class ReleaseCheck {
    private static final String[] SERVICES = {"ingest", "transform", "model", "load"};
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Map<String, String> options;
    private final Map<String, String> environment;
    private final Instant end;

    /**
     * A check that is not begun.
     *
     * @param options {@code ingest}, {@code transform}, {@code model}, {@code load}: their addresses; {@code within}:
     *     seconds that all of it may take; {@code events}, if any are to be sent, and {@code schema}, where their rows are
     * @param environment where the warehouse is, as load is told it
     */
    ReleaseCheck(Map<String, String> options, Map<String, String> environment) {
        this.options = options;
        this.environment = environment;
        this.end = Instant.now().plusSeconds(Long.parseLong(options.get("within")));
    }

    /** Checks the release that arguments of the form {@code --name=value} tell of. */
    public static void main(String[] arguments) {
        try {
            new ReleaseCheck(options(arguments), System.getenv()).run();
        } catch (CheckFailedException e) {
            System.out.println("FAILED: " + e.getMessage());
            System.exit(1);
        }
    }

    void run() {
        for (String service : SERVICES) {
            await(service + " is ready", () -> ask(get(service, "/q/health/ready")));
        }
        if (options.containsKey("events")) {
            follow(Integer.parseInt(options.get("events")));
        }
        say("all is well");
    }

    private void follow(int events) {
        String run = "check-" + UUID.randomUUID();
        await(
                "card-fraud takes events",
                () -> ask(post("ingest", "/pipelines/card-fraud/events", transactions(run, events))));
        try {
            await(events + " rows with a score", () -> rows(run, events));
            await("/predict answers", () -> ask(post("model", "/predict", """
                    {"model": "card-fraud", "inputs": [{"transaction_id": "asked", "tx_datetime": "2018-06-05 03:12:00",
                      "customer_id": "asking", "terminal_id": "asked", "tx_amount": 310.0}]}""")));
        } finally {
            remove(run);
        }
    }

    /** Events that are known as the check's by their ids and by who bought where. */
    private static String transactions(String run, int events) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        return IntStream.range(0, events)
                .mapToObj(event -> """
                        {"transaction_id": "%s-%d", "tx_datetime": "%s", "customer_id": "helm-test", "terminal_id": "helm-test", "tx_amount": %d.5}""".formatted(run, event, now, event + 1))
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** What is missing, or nothing. */
    private String rows(String run, int expected) throws SQLException {
        try (Connection database = database();
                PreparedStatement count = database.prepareStatement(
                        "SELECT count(*), count(score) FROM " + fact() + " WHERE transaction_id LIKE ? || '-%'")) {
            count.setString(1, run);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                if (row.getInt(1) > expected) {
                    throw new CheckFailedException(
                            expected + " events were sent once and are " + row.getInt(1) + " rows");
                }
                return row.getInt(1) == expected && row.getInt(2) == expected
                        ? ""
                        : "%d rows, %d of them with a score".formatted(row.getInt(1), row.getInt(2));
            }
        }
    }

    private void remove(String run) {
        try (Connection database = database();
                PreparedStatement delete =
                        database.prepareStatement("DELETE FROM " + fact() + " WHERE transaction_id LIKE ? || '-%'")) {
            delete.setString(1, run);
            say("took away %d rows again".formatted(delete.executeUpdate()));
        } catch (SQLException e) {
            say("the check's rows, " + run + "-*, are still in the warehouse: " + e.getMessage());
        }
    }

    private Connection database() throws SQLException {
        DriverManager.setLoginTimeout(5);
        String url = environment.get("QUARKUS_DATASOURCE_JDBC_URL");
        // A URL that names the user, as CloudNativePG's does, is all that there is.
        return environment.containsKey("QUARKUS_DATASOURCE_USERNAME")
                ? DriverManager.getConnection(
                        url,
                        environment.get("QUARKUS_DATASOURCE_USERNAME"),
                        environment.get("QUARKUS_DATASOURCE_PASSWORD"))
                : DriverManager.getConnection(url);
    }

    private String fact() {
        return "\"" + options.get("schema").replace("\"", "\"\"") + "\".fact_transaction";
    }

    private HttpRequest get(String service, String path) {
        return to(service, path).GET().build();
    }

    private HttpRequest post(String service, String path, String json) {
        return to(service, path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
    }

    private HttpRequest.Builder to(String service, String path) {
        return HttpRequest.newBuilder(URI.create(options.get(service) + path)).timeout(Duration.ofSeconds(20));
    }

    private String ask(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() / 100 == 2
                ? ""
                : request.uri() + " answered " + answer.statusCode() + ": " + answer.body();
    }

    /** Something that may not be so yet: empty once it is, else what it lacks. */
    private interface Condition {
        String lacks() throws IOException, InterruptedException, SQLException;
    }

    private void await(String what, Condition condition) {
        Instant began = Instant.now();
        String lacks = lacks(condition);
        while (!lacks.isEmpty()) {
            if (Instant.now().isAfter(end)) {
                throw new CheckFailedException("not in time: " + what + "; last: " + lacks);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            lacks = lacks(condition);
        }
        say("%s, after %.1f s"
                .formatted(what, Duration.between(began, Instant.now()).toMillis() / 1e3));
    }

    private static String lacks(Condition condition) {
        try {
            return condition.lacks();
        } catch (IOException | SQLException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CheckFailedException("interrupted");
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private static Map<String, String> options(String... arguments) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String argument : arguments) {
            String[] nameAndValue = argument.replaceFirst("^--", "").split("=", 2);
            if (nameAndValue.length < 2) {
                throw new CheckFailedException("'" + argument + "' is not of the form --name=value");
            }
            options.put(nameAndValue[0], nameAndValue[1]);
        }
        return options;
    }
}
