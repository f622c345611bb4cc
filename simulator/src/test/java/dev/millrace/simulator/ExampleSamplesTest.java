package dev.millrace.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.simulator.shop.ShopLines;
import dev.millrace.simulator.shop.ShopSettings;
import dev.millrace.simulator.shop.ShopSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The samples of the examples are what the simulators give, so that what their pages say of them stays true. */
class ExampleSamplesTest {
    private static final Path EXAMPLES = Path.of("../examples");
    private static final LocalDate MONDAY = LocalDate.of(2026, 3, 2);
    private static final long MOST_BYTES = 300_000;

    @Test
    void the_trips_are_those_of_the_simulator() throws Exception {
        List<String> trips = new TripSimulator(7, MONDAY, 5, 18).trips();

        assertThat(trips).hasSizeBetween(1_000, 2_500);
        assertCommitted("trips/trips.csv", TripSimulator.HEADER, trips);
        assertCommitted("trips/zones.csv", TripSimulator.ZONES_HEADER, TripSimulator.zones());
    }

    @Test
    void the_readings_are_those_of_the_simulator() throws Exception {
        List<String> readings = new SensorSimulator(7, MONDAY.atStartOfDay(), 220).readings();

        assertThat(readings).hasSizeBetween(1_000, 2_500);
        assertCommitted("sensors/readings.ndjson", "", readings);
        assertCommitted("sensors/sensors.csv", SensorSimulator.SENSORS_HEADER, SensorSimulator.sensors());
    }

    @Test
    void the_interactions_are_those_of_the_shop() throws Exception {
        ShopSimulator shop = new ShopSimulator(new ShopSettings(7, LocalDate.of(2026, 1, 5), 80, 40, 150, 0.22));
        List<String> interactions =
                shop.interactions().stream().map(ShopLines::csv).toList();

        assertThat(interactions).hasSizeBetween(3_000, 5_000);
        assertCommitted("recommend/interactions.csv", ShopLines.INTERACTIONS_HEADER, interactions);
        assertCommitted(
                "recommend/items.csv",
                ShopLines.ITEMS_HEADER,
                shop.items().stream().map(ShopLines::csv).toList());
    }

    private static void assertCommitted(String name, String header, List<String> lines) throws IOException {
        List<String> all = new ArrayList<>(lines);
        if (!header.isEmpty()) {
            all.add(0, header);
        }
        Path file = EXAMPLES.resolve(name);
        if ("write".equals(System.getProperty("millrace.docs"))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, String.join("\n", all) + "\n");
        }
        assertThat(Files.readAllLines(file))
                .as("%s is generated; run ./mvnw -pl simulator test -Dmillrace.docs=write", name)
                .isEqualTo(all);
        assertThat(Files.size(file)).isLessThan(MOST_BYTES);
    }
}
