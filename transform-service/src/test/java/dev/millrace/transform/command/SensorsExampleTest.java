package dev.millrace.transform.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Every value of every reading of the example against a plain computation over its files. */
class SensorsExampleTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private record Reading(int line, String id, String sensor, LocalDateTime at, double temperature, double humidity) {
        static Reading of(int line, String text) throws IOException {
            JsonNode json = JSON.readTree(text);
            return new Reading(
                    line,
                    json.get("reading_id").asText(),
                    json.get("sensor_id").asText(),
                    LocalDateTime.parse(json.get("at").asText(), TIME),
                    json.get("temperature").asDouble(),
                    json.get("humidity").asDouble());
        }
    }

    private final Map<String, String[]> sensors = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final List<Reading> counted = new ArrayList<>();

    @Test
    void every_reading_comes_out_as_a_plain_computation_says() throws Exception {
        Files.readAllLines(ExampleRun.file("sensors", "sensors.csv")).stream()
                .map(line -> line.split(","))
                .forEach(cells -> sensors.put(cells[0], cells));
        ExampleRun run = ExampleRun.of("sensors", "readings.ndjson");
        List<String> lines = Files.readAllLines(ExampleRun.file("sensors", "readings.ndjson"));
        int late = 0;
        int alerts = 0;
        for (int i = 0; i < lines.size(); i++) {
            Reading reading = Reading.of(i + 1, lines.get(i));
            String expected = outcome(reading);
            assertThat(run.outcome(reading.line())).as("line %d", i + 1).isEqualTo(expected);
            if (expected.equals("clean")) {
                JsonNode clean = run.clean(reading.line());
                late += assertClean(clean, reading) ? 0 : 1;
                alerts += clean.path("alert").asBoolean() ? 1 : 0;
            }
        }
        assertThat(run.outcomes())
                .isEqualTo(
                        Map.of("clean", 1318L, "duplicate", 19L, "quality.temperature-plausible", 2L, "no_match", 3L));
        assertThat(late).isEqualTo(3);
        assertThat(alerts).isEqualTo(22);
        assertThat(run.summary().path("late").toString())
                .isEqualTo("{\"window-sensor-id\":3,\"window-sensor-id-2\":3}");
    }

    private String outcome(Reading reading) {
        if (reading.temperature() <= -60 || reading.temperature() >= 85) {
            return "quality.temperature-plausible";
        }
        if (!seen.add(reading.id())) {
            return "duplicate";
        }
        return sensors.containsKey(reading.sensor()) ? "clean" : "no_match";
    }

    /** Whether it came in time to be counted. */
    private boolean assertClean(JsonNode clean, Reading reading) {
        String[] sensor = sensors.get(reading.sensor());
        double limit = Double.parseDouble(sensor[3]);
        assertThat(clean.get("site").asText()).isEqualTo(sensor[1]);
        assertThat(clean.get("room").asText()).isEqualTo(sensor[2]);
        assertThat(clean.get("max_temperature").asDouble()).isEqualTo(limit);
        assertThat(clean.path("quality_flags").toString().contains("humidity-plausible"))
                .isEqualTo(reading.humidity() > 100);
        boolean isLate = counted.stream()
                .anyMatch(other -> other.sensor().equals(reading.sensor())
                        && other.at().isAfter(reading.at().plusHours(1)));
        assertThat(clean.path("quality_flags").toString().contains("late")).isEqualTo(isLate);
        if (isLate) {
            assertThat(clean.has("mean_5m")).isFalse();
            assertThat(clean.has("alert")).isFalse();
            return false;
        }
        counted.add(reading);
        DoubleSummaryStatistics recent =
                of(reading, other -> other.at().isAfter(reading.at().minusMinutes(5)));
        DoubleSummaryStatistics hour =
                of(reading, other -> !other.at().isBefore(reading.at().truncatedTo(ChronoUnit.HOURS)));
        assertThat(clean.get("mean_5m").asDouble()).isCloseTo(recent.getAverage(), within(1e-9));
        assertThat(clean.get("max_5m").asDouble()).isEqualTo(recent.getMax());
        assertThat(clean.get("hour_readings").asLong()).isEqualTo(hour.getCount());
        assertThat(clean.get("hour_mean").asDouble()).isCloseTo(hour.getAverage(), within(1e-9));
        assertThat(clean.get("hour_max").asDouble()).isEqualTo(hour.getMax());
        assertThat(clean.get("alert").asBoolean()).isEqualTo(recent.getAverage() > limit);
        return true;
    }

    /** The temperatures of the sensor's readings that came up to now, are no newer than this one, and in the window. */
    private DoubleSummaryStatistics of(Reading reading, Predicate<Reading> window) {
        return counted.stream()
                .filter(other -> other.sensor().equals(reading.sensor())
                        && !other.at().isAfter(reading.at())
                        && window.test(other))
                .mapToDouble(Reading::temperature)
                .summaryStatistics();
    }
}
