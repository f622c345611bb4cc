package dev.millrace.simulator;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Trips of a ride-sharing company in three made-up cities: some days of some drivers, with the faults that such exports
 * have. The same seed gives the same trips on every machine. Immutable.
 */
public final class TripSimulator {
    /** The header over the trips' lines. */
    public static final String HEADER =
            "trip_id,driver_id,pickup_at,dropoff_at,pickup_zone,dropoff_zone,distance_km,fare";
    /** The header over the zones' lines. */
    public static final String ZONES_HEADER = "zone_id,zone_name,city_name,night_fee";

    private static final List<String> CITIES = List.of("Harrow Bay", "Millford", "Eastmere");
    private static final List<String> QUARTERS =
            List.of("Station", "Old Town", "Harbour", "University", "Airport", "Market", "North", "Hills");
    private static final int UNKNOWN_ZONE = 99;

    private final long seed;
    private final LocalDate start;
    private final int days;
    private final int drivers;

    /**
     * Trips of that many drivers on that many days.
     *
     * @param seed the seed of all that is drawn
     */
    public TripSimulator(long seed, LocalDate start, int days, int drivers) {
        this.seed = seed;
        this.start = start;
        this.days = days;
        this.drivers = drivers;
    }

    private record Trip(LocalDateTime pickup, int driver, String rest) {}

    /** The lines of the zones, by their numbers from 1, under {@link #ZONES_HEADER}. */
    public static List<String> zones() {
        List<String> lines = new ArrayList<>();
        for (String city : CITIES) {
            for (int quarter = 0; quarter < QUARTERS.size(); quarter++) {
                String fee = quarter == 4 ? "6.50" : "2.00";
                lines.add(lines.size() + 1 + "," + QUARTERS.get(quarter) + "," + city + "," + fee);
            }
        }
        return lines;
    }

    /** The lines of the trips in the order of their pickups, under {@link #HEADER}. */
    public List<String> trips() {
        List<Trip> trips = new ArrayList<>();
        Chance chance = new Chance(new SplittableRandom(seed));
        for (int driver = 1; driver <= drivers; driver++) {
            Chance own = chance.split();
            int city = driver % CITIES.size();
            for (int day = 0; day < days; day++) {
                shift(own, driver, city, start.plusDays(day), trips);
            }
        }
        trips.sort(Comparator.comparing(Trip::pickup).thenComparing(Trip::driver));
        List<String> lines = new ArrayList<>();
        for (Trip trip : trips) {
            StringBuilder line = new StringBuilder(96);
            line.append("t")
                    .append(10_000 + lines.size())
                    .append(",d")
                    .append(100 + trip.driver())
                    .append(',');
            Timestamp.append(line, trip.pickup());
            lines.add(line.append(trip.rest()).toString());
        }
        return lines;
    }

    private static void shift(Chance chance, int driver, int city, LocalDate day, List<Trip> trips) {
        LocalDateTime now = day.atTime(5, 0).plusSeconds(chance.below(4 * 3600));
        LocalDateTime end = now.plusHours(7).plusMinutes(chance.below(180));
        int zone = zone(chance, city);
        while (now.isBefore(end)) {
            int to = zone(chance, city);
            int meters = 800 + chance.below(zone == to ? 2_500 : 13_000);
            long seconds = Math.round(meters / chance.uniform(5, 11)) + 60;
            trips.add(new Trip(now, driver, rest(chance, now.plusSeconds(seconds), zone, to, meters)));
            now = now.plusSeconds(seconds + 120 + chance.below(2_400));
            zone = to;
        }
    }

    private static int zone(Chance chance, int city) {
        return city * QUARTERS.size() + chance.below(QUARTERS.size()) + 1;
    }

    /** One in fifty has no distance, one in two hundred a fare that was taken back, as many a zone that nobody knows. */
    private static String rest(Chance chance, LocalDateTime dropoff, int from, int to, int meters) {
        BigDecimal distance = BigDecimal.valueOf(meters / 10, 2);
        BigDecimal fare = BigDecimal.valueOf(250 + meters / 10 + chance.below(200), 2);
        StringBuilder rest = new StringBuilder(64).append(',');
        Timestamp.append(rest, dropoff);
        rest.append(',')
                .append(chance.happens(0.005) ? UNKNOWN_ZONE : from)
                .append(',')
                .append(to)
                .append(',');
        if (!chance.happens(0.02)) {
            rest.append(distance);
        }
        return rest.append(',')
                .append(chance.happens(0.005) ? fare.negate() : fare)
                .toString();
    }
}
