package dev.millrace.simulator;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Temperature and humidity by the minute in the cold rooms of two made-up warehouses, in the order in which the readings
 * arrive, with what happens to such readings: one room's cooling fails for a while, gateways send some twice and some
 * late, a probe that is not connected says -127. The same seed gives the same readings on every machine. Immutable.
 */
public final class SensorSimulator {
    /** The header over the sensors' lines. */
    public static final String SENSORS_HEADER = "sensor_id,site,room,max_temperature";

    private static final int SENSORS = 6;
    private static final int FAILING = 3;
    private static final int OFFLINE = 5;
    private static final int FORGOTTEN = 6;
    private static final int UNKNOWN = 99;

    private final long seed;
    private final LocalDateTime start;
    private final int minutes;

    /**
     * Readings of that many minutes; at least 220 for all that happens to happen.
     *
     * @param seed the seed of all that is drawn
     */
    public SensorSimulator(long seed, LocalDateTime start, int minutes) {
        this.seed = seed;
        this.start = start;
        this.minutes = minutes;
    }

    private record Reading(LocalDateTime arrives, String line) {}

    /** The lines of the sensors under {@link #SENSORS_HEADER}: where each is, and what is too warm there. */
    public static List<String> sensors() {
        List<String> lines = new ArrayList<>();
        for (int sensor = 1; sensor <= SENSORS; sensor++) {
            lines.add(name(sensor) + "," + (sensor <= 3 ? "north" : "south") + ",room " + sensor + ","
                    + (limit(sensor) / 10) + "." + (limit(sensor) % 10));
        }
        return lines;
    }

    /** The readings as JSON objects, a line each, in the order in which they arrive. */
    public List<String> readings() {
        List<Reading> readings = new ArrayList<>();
        Chance chance = new Chance(new SplittableRandom(seed));
        for (int sensor = 1; sensor <= SENSORS; sensor++) {
            Chance own = chance.split();
            for (int minute = 0; minute < minutes; minute++) {
                read(own, sensor, minute, readings);
            }
        }
        // Somebody tries a sensor that was not entered anywhere yet.
        for (int minute = 60; minute < 63; minute++) {
            LocalDateTime at = start.plusMinutes(minute).plusSeconds(30);
            readings.add(new Reading(at, line(UNKNOWN, minute, at, "21.5", "40.0")));
        }
        return readings.stream()
                .sorted(Comparator.comparing(Reading::arrives))
                .map(Reading::line)
                .toList();
    }

    private void read(Chance chance, int sensor, int minute, List<Reading> readings) {
        LocalDateTime at = start.plusMinutes(minute).plusSeconds(sensor * 7L + chance.below(4));
        String temperature = temperature(chance, sensor, minute);
        String humidity = chance.happens(0.004) ? "104.0" : tenths(700 + chance.below(60));
        String line = line(sensor, minute, at, temperature, humidity);
        LocalDateTime arrives = arrival(sensor, minute, at);
        readings.add(new Reading(arrives, line));
        if (chance.happens(0.01)) {
            readings.add(new Reading(arrives.plusSeconds(45), line));
        }
    }

    /** A gateway sends what it gathered while it was offline all at once, and three readings much later. */
    private LocalDateTime arrival(int sensor, int minute, LocalDateTime at) {
        if (sensor == OFFLINE && minute >= 80 && minute < 100) {
            return start.plusMinutes(100).plusSeconds(minute - 80L);
        }
        return sensor == FORGOTTEN && minute >= 70 && minute < 73 ? at.plusMinutes(95) : at;
    }

    private static String temperature(Chance chance, int sensor, int minute) {
        double noise = chance.normal(0, 4);
        if (chance.happens(0.003)) {
            return "-127.0";
        }
        int failed = sensor == FAILING ? Math.max(0, Math.min(minute - 130, 170 - minute) * 3) : 0;
        return tenths(limit(sensor) - 25 + failed + (int) StrictMath.round(noise));
    }

    private static String line(int sensor, int minute, LocalDateTime at, String temperature, String humidity) {
        StringBuilder line = new StringBuilder(128);
        line.append("{\"reading_id\": \"").append(name(sensor)).append('-').append(1_000 + minute);
        line.append("\", \"sensor_id\": \"").append(name(sensor)).append("\", \"at\": \"");
        Timestamp.append(line, at);
        line.append("\", \"temperature\": ").append(temperature);
        return line.append(", \"humidity\": ").append(humidity).append('}').toString();
    }

    private static String name(int sensor) {
        return "s" + sensor;
    }

    /** What is too warm, in tenths of a degree. */
    private static int limit(int sensor) {
        return sensor % 2 == 0 ? 80 : 50;
    }

    private static String tenths(int tenths) {
        return BigDecimal.valueOf(tenths, 1).toString();
    }
}
