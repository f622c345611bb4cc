package dev.millrace.acceptance;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.local.process.Life;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples trips and sensors, with their samples, from files to rows. */
class ExamplesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void trips_and_readings_are_rows_with_what_lookups_and_windows_say_of_them(@TempDir Path pipelines)
            throws Exception {
        declare("trips", "zones.csv", pipelines);
        declare("sensors", "sensors.csv", pipelines);
        StackSettings settings = StackSettings.of(Stacks.home(), Stacks.state("examples"))
                .withFreePorts()
                .withFolders(pipelines, pipelines.resolve("models"))
                .forgetting(Forget.STATE_AND_FILES)
                .withLife(Life.SHORT);
        try (Stack stack = Stack.start(settings, line -> System.out.println("examples: " + line))) {
            give(stack, "trips", "trips.csv");
            give(stack, "sensors", "readings.ndjson");
            Warehouse warehouse = new Warehouse(stack.postgres());

            warehouse.await(PATIENCE, "select count(*) from fact_trip", "1232");
            warehouse.await(PATIENCE, "select count(*) from fact_reading", "1318");
            assertThat(warehouse.values("""
                            select count(*) from (
                              select from fact_trip join dim_driver using (driver_key)
                              group by driver_id, pickup_at::date
                              having max(day_trips) <> count(*) or abs(max(day_fares) - sum(fare)) > 1e-6) wrong
                            """)).containsExactly("0");
            assertThat(warehouse.values(
                            "select distinct pickup_city from dim_zone where pickup_city is not null order by 1"))
                    .containsExactly("Eastmere", "Harrow Bay", "Millford");
            assertThat(warehouse.values("""
                            select site || ' ' || room || ' ' || count(*)
                            from fact_reading join dim_sensor using (sensor_key) where alert group by site, room
                            """)).containsExactly("north room 3 22");

            aLoweredLimitHoldsForTheNextReading(stack, pipelines.resolve("sensors.csv"), warehouse);
        }
    }

    private static void aLoweredLimitHoldsForTheNextReading(Stack stack, Path sensors, Warehouse warehouse)
            throws IOException {
        Path draft = sensors.resolveSibling("sensors.draft");
        Files.writeString(draft, Files.readString(sensors).replace("room 1,5.0", "room 1,1.0"));
        Files.move(draft, sensors, StandardCopyOption.REPLACE_EXISTING);
        await().atMost(PATIENCE).until(() -> {
            given().contentType("application/json")
                    .body("{\"reading_id\": \"new-" + System.nanoTime() + "\", \"sensor_id\": \"s1\","
                            + " \"at\": \"2026-03-02 04:00:00\", \"temperature\": 2.0}")
                    .when()
                    .post(stack.address(Service.INGEST).resolve("/pipelines/sensors/events"))
                    .then()
                    .statusCode(202);
            return !warehouse
                    .values("select 1 from fact_reading where alert and max_temperature = 1.0")
                    .isEmpty();
        });
    }

    private static void declare(String example, String reference, Path pipelines) throws IOException {
        Path folder = Stacks.home().resolve("examples").resolve(example);
        Files.copy(folder.resolve("pipeline.yaml"), pipelines.resolve(example + ".yaml"));
        Files.copy(folder.resolve(reference), pipelines.resolve(reference));
    }

    private static void give(Stack stack, String example, String sample) throws IOException {
        Path folder = Files.createDirectories(stack.data().resolve(example));
        Files.copy(Stacks.home().resolve("examples").resolve(example).resolve(sample), folder.resolve(sample));
    }
}
