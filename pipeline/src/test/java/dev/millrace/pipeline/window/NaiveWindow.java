package dev.millrace.pipeline.window;

import dev.millrace.pipeline.window.DrawnWindow.Feature;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a window's features are: for each event, all events that have come are looked at again. */
public final class NaiveWindow {
    /** Of so many values, the sketch of quantiles has each. */
    private static final int EXACT = 100;
    /** Several times what a sketch of 200 is off with 99 % confidence. */
    private static final double RANK_ERROR = 0.06;

    private final DrawnWindow window;
    private final Function<DrawnArrival.Event, String> by;
    private final Map<String, List<DrawnArrival.Event>> counted = new HashMap<>();
    private final Map<String, Double> labels = new HashMap<>();
    private long mostTimes;

    /** Nothing has come yet to that window. */
    public NaiveWindow(DrawnWindow window, Function<DrawnArrival.Event, String> by) {
        this.window = window;
        this.by = by;
    }

    /** The most different times, at the precision, that a frame has held. */
    long mostTimes() {
        return mostTimes;
    }

    /** A label has come. */
    public void add(DrawnArrival.Label label) {
        labels.put(label.id(), label.label());
    }

    /**
     * An event has come; says its features, a list for a recent one, {@link About} for a quantile of many, or nothing if it has
     * come too late or has no key.
     */
    public Optional<Map<String, Object>> add(DrawnArrival.Event event) {
        String key = by.apply(event);
        if (key == null) {
            return Optional.empty();
        }
        List<DrawnArrival.Event> all = counted.computeIfAbsent(key, one -> new ArrayList<>());
        Optional<Instant> newest = all.stream().map(one -> cut(one.at())).max(Comparator.naturalOrder());
        if (newest.isPresent() && cut(event.at()).isBefore(newest.get().minus(window.lateness()))) {
            return Optional.empty();
        }
        all.add(event);
        List<DrawnArrival.Event> inOrder =
                all.stream().sorted(Comparator.comparing(one -> cut(one.at()))).toList();
        Instant end = cut(event.at().minus(window.delay()));
        Map<String, Object> features = new LinkedHashMap<>();
        for (Frame frame : window.frames()) {
            Instant begin = begin(frame, end, inOrder);
            List<DrawnArrival.Event> held = inOrder.stream()
                    .filter(one ->
                            !cut(one.at()).isBefore(begin) && !cut(one.at()).isAfter(end))
                    .toList();
            mostTimes = Math.max(
                    mostTimes,
                    held.stream().map(one -> cut(one.at())).distinct().count());
            for (Feature feature : window.features()) {
                List<DrawnArrival.Event> seen =
                        held.stream().filter(one -> fits(feature, one, event)).toList();
                String name =
                        WindowPlan.name(feature.name(), frame, window.frames().size());
                features.put(name, value(feature, seen, event));
            }
        }
        return Optional.of(features);
    }

    private Instant cut(Instant time) {
        return cut(time, window.precision());
    }

    private static Instant cut(Instant time, Duration to) {
        long nanos = time.getEpochSecond() * 1_000_000_000L + time.getNano();
        return time.minusNanos(Math.floorMod(nanos, to.toNanos()));
    }

    private Instant begin(Frame frame, Instant end, List<DrawnArrival.Event> inOrder) {
        if (frame instanceof Frame.Sliding sliding) {
            return end.minus(sliding.length()).plus(window.precision());
        } else if (frame instanceof Frame.Tumbling tumbling) {
            return cut(end, tumbling.size());
        } else if (frame instanceof Frame.Hopping hopping) {
            return cut(end, hopping.every()).plus(hopping.every()).minus(hopping.size());
        }
        Frame.Session session = (Frame.Session) frame;
        Instant begin = end;
        for (int i = inOrder.size() - 1; i >= 0; i--) {
            Instant at = cut(inOrder.get(i).at());
            if (at.isAfter(end)) {
                continue;
            }
            if (Duration.between(at, begin).compareTo(session.gap()) > 0 || !at.isAfter(end.minus(session.atMost()))) {
                break;
            }
            begin = at;
        }
        return begin;
    }

    /** What is not there is not larger, not fewer and nowhere else. */
    private boolean fits(Feature feature, DrawnArrival.Event one, DrawnArrival.Event seer) {
        return switch (feature.condition()) {
            case NONE -> true;
            case LARGE -> one.amount() != null && one.amount() > 50;
            case FEW -> one.pieces() != null && one.pieces() <= 20;
            case ELSEWHERE -> one.shop() != null && !one.shop().equals("a");
            case LABELLED -> label(one, seer) > 0.5;
        };
    }

    /** An event does not see a label of its own. */
    private double label(DrawnArrival.Event one, DrawnArrival.Event seer) {
        double otherwise = window.unlabelled().orElseThrow();
        return one.id().equals(seer.id()) ? otherwise : labels.getOrDefault(one.id(), otherwise);
    }

    private Object value(Feature feature, List<DrawnArrival.Event> seen, DrawnArrival.Event seer) {
        List<Object> values = seen.stream()
                .map(one -> (Object)
                        switch (feature.of()) {
                            case "amount" -> one.amount();
                            case "pieces" -> one.pieces();
                            case "shop" -> one.shop();
                            case WindowPlan.LABEL -> label(one, seer);
                            default -> true;
                        })
                .filter(Objects::nonNull)
                .toList();
        return switch (feature.function()) {
            case COUNT -> (long) values.size();
            case DISTINCT -> values.stream().distinct().count();
            case SUM -> feature.of().equals("pieces") ? (Object) (long) sum(values) : (Object) sum(values);
            case MEAN -> values.isEmpty() ? null : (Object) (sum(values) / values.size());
            case STDDEV -> spread(values);
            case FIRST -> values.isEmpty() ? null : values.get(0);
            case LAST -> values.isEmpty() ? null : values.get(values.size() - 1);
            case MIN -> sorted(values).findFirst().orElse(null);
            case MAX -> sorted(values).reduce((one, other) -> other).orElse(null);
            case QUANTILE -> about(values, feature.parameter());
            case RECENT -> recent(values, (int) feature.parameter());
        };
    }

    private static double sum(List<Object> values) {
        return values.stream()
                .mapToDouble(value -> ((Number) value).doubleValue())
                .sum();
    }

    private static Object spread(List<Object> values) {
        if (values.size() < 2) {
            return null;
        }
        double mean = sum(values) / values.size();
        double squares = values.stream()
                .mapToDouble(value -> ((Number) value).doubleValue() - mean)
                .map(off -> off * off)
                .sum();
        return Math.sqrt(squares / (values.size() - 1));
    }

    @SuppressWarnings("unchecked")
    private static Stream<Object> sorted(List<Object> values) {
        return values.stream().sorted((one, other) -> ((Comparable<Object>) one).compareTo(other));
    }

    /** The smallest value at whose rank at least that share of the values are. */
    private static Object quantile(List<Object> values, double rank) {
        if (values.isEmpty()) {
            return null;
        }
        // In decimals: 0.55 of 100 values are 55, but in doubles a trace more, which would be 56.
        BigDecimal atLeast = BigDecimal.valueOf(rank).multiply(BigDecimal.valueOf(values.size()));
        int place = Math.max(0, atLeast.setScale(0, RoundingMode.CEILING).intValueExact() - 1);
        return ((Number) sorted(values).toList().get(place)).doubleValue();
    }

    /**
     * A value that is told approximately: a quantile of many.
     *
     * @param least that at a rank some hundredths lower
     * @param most that at one as much higher
     */
    public record About(double least, double most) {
        /** Whether it may be that. */
        public boolean allows(double value) {
            return value >= least && value <= most;
        }
    }

    private static Object about(List<Object> values, double rank) {
        if (values.size() <= EXACT) {
            return quantile(values, rank);
        }
        return new About((Double) quantile(values, Math.max(0, rank - RANK_ERROR)), (Double)
                quantile(values, Math.min(1, rank + RANK_ERROR)));
    }

    private static Object recent(List<Object> values, int most) {
        List<Object> latestFirst = new ArrayList<>(values);
        Collections.reverse(latestFirst);
        List<Object> recent = latestFirst.stream().distinct().limit(most).toList();
        return recent.isEmpty() ? null : recent;
    }
}
