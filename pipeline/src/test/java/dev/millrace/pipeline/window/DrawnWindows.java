package dev.millrace.pipeline.window;

import dev.millrace.pipeline.window.DrawnWindow.Condition;
import dev.millrace.pipeline.window.DrawnWindow.Feature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** Windows, and what comes to them, at random. */
public final class DrawnWindows {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Duration EXACT = Duration.ofNanos(1000);
    private static final int MINUTE = 60_000;

    private DrawnWindows() {}

    /** Windows of any kind, some of which read labels. */
    public static Arbitrary<DrawnWindow> windows(double unlabelled, int leastLateness) {
        Arbitrary<Optional<Double>> labels =
                Arbitraries.of(true, false).map(reads -> reads ? Optional.of(unlabelled) : Optional.empty());
        Arbitrary<Duration> precisions =
                Arbitraries.of(EXACT, Duration.ofMillis(1), Duration.ofSeconds(1), Duration.ofMinutes(1));
        Arbitrary<Duration> delays = Arbitraries.oneOf(Arbitraries.just(Duration.ZERO), minutes(1, 90), minutes(1, 90));
        return labels.flatMap(label -> Combinators.combine(
                        frames(), precisions, delays, minutes(leastLateness, 120), features(label.isPresent()))
                .as((frames, precision, delay, lateness, features) ->
                        new DrawnWindow(frames, precision, delay, lateness, label, features)));
    }

    private static Arbitrary<List<Frame>> frames() {
        return Arbitraries.oneOf(
                minutes(1, 1440)
                        .list()
                        .uniqueElements()
                        .ofMinSize(1)
                        .ofMaxSize(3)
                        .map(lengths -> lengths.stream()
                                .map(length -> (Frame) new Frame.Sliding(length))
                                .toList()),
                minutes(1, 240).map(size -> List.of(new Frame.Tumbling(size))),
                Combinators.combine(minutes(1, 30), Arbitraries.integers().between(1, 12))
                        .as((every, times) -> List.of(new Frame.Hopping(every.multipliedBy(times), every))),
                Combinators.combine(minutes(1, 30), Arbitraries.integers().between(1, 10))
                        .as((gap, times) -> List.of(new Frame.Session(gap, gap.multipliedBy(times)))));
    }

    private static Arbitrary<Duration> minutes(int least, int most) {
        return Arbitraries.integers()
                .between(least, most)
                .withDistribution(RandomDistribution.uniform())
                .map(Duration::ofMinutes);
    }

    private static Arbitrary<List<Feature>> features(boolean labelled) {
        Arbitrary<Condition> conditions =
                Arbitraries.of(Condition.NONE, Condition.LARGE, Condition.FEW, Condition.ELSEWHERE);
        Arbitrary<Feature> ofEvents = Combinators.combine(
                        Arbitraries.of(taken().toList()), Arbitraries.integers().between(0, 20), conditions)
                .as((taken, parameter, condition) -> new Feature(
                        "",
                        taken.get1(),
                        taken.get2(),
                        taken.get1() == Function.RECENT ? parameter + 1 : parameter / 20.0,
                        condition));
        Arbitrary<Feature> ofLabels = Arbitraries.of(
                new Feature("", Function.COUNT, "", 0, Condition.LABELLED),
                new Feature("", Function.SUM, WindowPlan.LABEL, 0, Condition.NONE),
                new Feature("", Function.MEAN, WindowPlan.LABEL, 0, Condition.NONE));
        return (labelled ? Arbitraries.oneOf(ofEvents, ofLabels) : ofEvents)
                .list()
                .ofMinSize(1)
                .ofMaxSize(8)
                .map(DrawnWindows::named);
    }

    /** Each function with each field that it can be taken of. */
    private static Stream<Tuple.Tuple2<Function, String>> taken() {
        return Stream.of(Function.values()).flatMap(function -> {
            Stream<String> fields = switch (function) {
                case COUNT -> Stream.of("");
                case SUM, MEAN, STDDEV, QUANTILE -> Stream.of("amount", "pieces");
                case RECENT -> Stream.of("pieces", "shop");
                case MIN, MAX, FIRST, LAST, DISTINCT -> Stream.of("amount", "pieces", "shop");
            };
            return fields.map(field -> Tuple.of(function, field));
        });
    }

    private static List<Feature> named(List<Feature> features) {
        List<Feature> named = new ArrayList<>();
        for (Feature feature : features) {
            named.add(new Feature(
                    "f" + named.size(), feature.function(), feature.of(), feature.parameter(), feature.condition()));
        }
        return named;
    }

    /** An event that is yet to be given its place in time, or a label that is yet to be given its event. */
    private record Draw(long later, long behind, DrawnArrival.Event event, Optional<LabelDraw> label) {}

    private record LabelDraw(int ahead, double label) {}

    /**
     * Events, most in order, some far behind; and labels, of events before and after.
     *
     * @param most how many of a few customers; of a single one there may be twice as many, eight times as dense
     */
    public static Arbitrary<List<DrawnArrival>> arrivals(int most) {
        // Half a second tells events apart or does not, by the precision; and now and then one is at a window's very
        // edge.
        Arbitrary<Long> later = Arbitraries.frequencyOf(
                Tuple.of(5, millis(5 * MINUTE)), Tuple.of(1, millis(60 * MINUTE)), Tuple.of(1, wholeMinutes(90)));
        Arbitrary<Long> behind = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just(0L)), Tuple.of(1, millis(10 * MINUTE)), Tuple.of(1, wholeMinutes(150)));
        Arbitrary<Optional<LabelDraw>> labels = Combinators.combine(
                        Arbitraries.integers().between(-25, 3).withDistribution(RandomDistribution.uniform()),
                        Arbitraries.of(0.0, 0.5, 1.0))
                .as(LabelDraw::new)
                .optional(0.4);
        Arbitrary<Draw> draws =
                Combinators.combine(later, behind, events(), labels).as(Draw::new);
        return Arbitraries.of(true, false)
                .flatMap(single -> draws.list()
                        .ofMinSize(1)
                        .ofMaxSize(single ? 2 * most : most)
                        .withSizeDistribution(RandomDistribution.uniform())
                        .map(drawn -> placed(drawn, single)));
    }

    private static Arbitrary<DrawnArrival.Event> events() {
        Arbitrary<Double> amounts = Arbitraries.integers()
                .between(-2_000, 10_000)
                .withDistribution(RandomDistribution.uniform())
                .map(cents -> cents / 100.0);
        return Combinators.combine(
                        Arbitraries.of("c1", "c2", "c3"),
                        Arbitraries.of("t1", "t2").injectNull(0.1),
                        amounts.injectNull(0.1),
                        Arbitraries.longs()
                                .between(-5, 40)
                                .withDistribution(RandomDistribution.uniform())
                                .injectNull(0.1),
                        Arbitraries.of("a", "b", "c", "d", "e").injectNull(0.1))
                .as((customer, terminal, amount, pieces, shop) ->
                        new DrawnArrival.Event("", START, customer, terminal, amount, pieces, shop));
    }

    private static Arbitrary<Long> millis(int most) {
        return Arbitraries.longs()
                .between(0, most / 500)
                .withDistribution(RandomDistribution.uniform())
                .map(halves -> halves * 500);
    }

    private static Arbitrary<Long> wholeMinutes(int most) {
        return Arbitraries.longs()
                .between(0, most)
                .withDistribution(RandomDistribution.uniform())
                .map(minutes -> minutes * MINUTE);
    }

    private static List<DrawnArrival> placed(List<Draw> draws, boolean single) {
        List<DrawnArrival> arrivals = new ArrayList<>();
        long newest = 0;
        for (int i = 0; i < draws.size(); i++) {
            Draw draw = draws.get(i);
            DrawnArrival.Event event = draw.event();
            // A single customer is a busy one.
            newest += single ? draw.later() / 4000 * 500 : draw.later();
            arrivals.add(new DrawnArrival.Event(
                    "e" + i,
                    START.plusMillis(newest - draw.behind()),
                    single ? "c1" : event.customer(),
                    event.terminal(),
                    event.amount(),
                    event.pieces(),
                    event.shop()));
            int number = i;
            draw.label()
                    .ifPresent(label -> arrivals.add(
                            new DrawnArrival.Label("e" + Math.max(0, number + label.ahead()), label.label())));
        }
        return arrivals;
    }
}
