package dev.millrace.transform.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every value of every trip of the example against a plain computation over its files. */
class TripsExampleTest {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    /** A line of the sample. */
    private record Trip(
            int line,
            String driver,
            LocalDateTime pickup,
            LocalDateTime dropoff,
            String from,
            String to,
            String distance,
            double fare) {
        static Trip of(int line, String csv) {
            String[] cells = csv.split(",", -1);
            return new Trip(
                    line,
                    cells[1],
                    LocalDateTime.parse(cells[2], TIME),
                    LocalDateTime.parse(cells[3], TIME),
                    cells[4],
                    cells[5],
                    cells[6],
                    Double.parseDouble(cells[7]));
        }

        double km() {
            return Double.parseDouble(distance);
        }

        boolean isSameDayOf(Trip other) {
            return driver.equals(other.driver) && pickup.toLocalDate().equals(other.pickup.toLocalDate());
        }
    }

    @Test
    void every_trip_comes_out_as_a_plain_computation_says() throws Exception {
        Map<String, String[]> zones = new HashMap<>();
        Files.readAllLines(ExampleRun.file("trips", "zones.csv")).stream()
                .map(line -> line.split(","))
                .forEach(cells -> zones.put(cells[0], cells));
        ExampleRun run = ExampleRun.of("trips", "trips.csv");
        List<Trip> counted = new ArrayList<>();

        for (Trip trip : trips()) {
            String expected = outcome(trip, zones);
            assertThat(run.outcome(trip.line())).as("line %d", trip.line()).isEqualTo(expected);
            if (expected.equals("clean")) {
                counted.add(trip);
                assertClean(run.clean(trip.line()), trip, counted, zones);
            }
        }
        assertThat(run.outcomes())
                .isEqualTo(Map.of("clean", 1232L, "filtered", 28L, "quality.fare-positive", 4L, "no_match", 6L));
    }

    private static String outcome(Trip trip, Map<String, String[]> zones) {
        if (trip.fare() <= 0) {
            return "quality.fare-positive";
        }
        if (trip.distance().isEmpty()) {
            return "filtered";
        }
        return zones.containsKey(trip.from()) ? "clean" : "no_match";
    }

    private static void assertClean(JsonNode clean, Trip trip, List<Trip> counted, Map<String, String[]> zones) {
        double minutes = Duration.between(trip.pickup(), trip.dropoff()).toSeconds() / 60.0;
        List<Trip> day = counted.stream().filter(trip::isSameDayOf).toList();
        assertThat(clean.get("dropoff_at").asText())
                .isEqualTo(trip.dropoff().format(DateTimeFormatter.ISO_LOCAL_DATE_TIME) + "Z");
        assertThat(clean.get("duration_min").asDouble()).isCloseTo(minutes, within(1e-9));
        assertThat(clean.get("speed_kmh").asDouble()).isCloseTo(trip.km() / minutes * 60, within(1e-9));
        assertThat(clean.get("pickup_name").asText()).isEqualTo(zones.get(trip.from())[1]);
        assertThat(clean.get("pickup_city").asText()).isEqualTo(zones.get(trip.from())[2]);
        assertThat(clean.get("dropoff_name").asText()).isEqualTo(zones.get(trip.to())[1]);
        assertThat(clean.get("dropoff_city").asText()).isEqualTo(zones.get(trip.to())[2]);
        assertThat(clean.get("day_trips").asInt()).isEqualTo(day.size());
        assertThat(clean.get("day_km").asDouble())
                .isCloseTo(day.stream().mapToDouble(Trip::km).sum(), within(1e-9));
        assertThat(clean.get("day_fares").asDouble())
                .isCloseTo(day.stream().mapToDouble(Trip::fare).sum(), within(1e-9));
    }

    private static List<Trip> trips() throws IOException {
        List<String> lines = Files.readAllLines(ExampleRun.file("trips", "trips.csv"));
        List<Trip> trips = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            trips.add(Trip.of(i + 1, lines.get(i)));
        }
        return trips;
    }
}
