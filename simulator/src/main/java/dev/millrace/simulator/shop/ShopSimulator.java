package dev.millrace.simulator.shop;

import dev.millrace.simulator.Chance;
import dev.millrace.simulator.shop.Catalogue.Shelf;
import dev.millrace.simulator.shop.Interaction.Kind;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A shop whose users have tastes that drift, and whose items have popularity, seasons and a first day. A visit is about one
 * genre, and each item viewed is near the one before it. One view in some twenty ends in a purchase, the more often the nearer
 * the item is to the user's taste; a third of the purchases is rated within ten days. The same settings give the same on every
 * machine. Immutable.
 */
public final class ShopSimulator {
    private static final double VIEWS = 4;
    private static final double AGAIN = 0.05;
    private static final double BOUGHT = 0.09;
    private static final int NEW_DAYS = 14;

    private final ShopSettings settings;
    private final Catalogue catalogue;

    public ShopSimulator(ShopSettings settings) {
        this.settings = settings;
        this.catalogue = new Catalogue(settings, new Chance(new SplittableRandom(settings.seed())));
    }

    /** The items, by their ids. */
    public List<Item> items() {
        return List.copyOf(catalogue.items());
    }

    private record Act(LocalDateTime at, int user, int item, Kind kind, int rating) {}

    /** What happens, in the order of time. */
    public List<Interaction> interactions() {
        Chance chance = new Chance(new SplittableRandom(~settings.seed()));
        List<Act> acts = new ArrayList<>();
        double[][] seasons = seasons();
        for (int user = 0; user < settings.users(); user++) {
            Visitor visitor = new Visitor(chance.split(), catalogue.shelves().size());
            for (int day = 0; day < settings.days(); day++) {
                visitor.passDay();
                int visits = visitor.chance().poisson(settings.visits() * visitor.activity());
                for (int visit = 0; visit < visits; visit++) {
                    visit(user, visitor, day, seasons[day], acts);
                }
            }
        }
        acts.sort(Comparator.comparing(Act::at).thenComparing(Act::user));
        List<Interaction> interactions = new ArrayList<>(acts.size());
        for (Act act : acts) {
            interactions.add(new Interaction(
                    interactions.size() + 1L, act.at(), act.user() + 1, act.item() + 1, act.kind(), act.rating()));
        }
        return interactions;
    }

    /** What each genre is worth on each day: up to three times as much at its peak as half a year from it. */
    private double[][] seasons() {
        double[][] seasons = new double[settings.days()][catalogue.shelves().size()];
        for (int day = 0; day < seasons.length; day++) {
            int ofYear = settings.start().plusDays(day).getDayOfYear();
            for (int genre = 0; genre < seasons[day].length; genre++) {
                int peak = catalogue.shelves().get(genre).peak();
                seasons[day][genre] = 1 + 0.5 * StrictMath.cos(2 * StrictMath.PI * (ofYear - peak) / 365);
            }
        }
        return seasons;
    }

    private void visit(int user, Visitor visitor, int day, double[] seasons, List<Act> acts) {
        Chance chance = visitor.chance();
        int favourite = visitor.choose(seasons);
        Shelf shelf = catalogue.shelves().get(visitor.genre(favourite));
        LocalDateTime at = settings.start().plusDays(day).atTime(7, 0).plusSeconds(chance.below(15 * 3600));
        double[] near = visitor.place(favourite);
        int views = 1 + chance.poisson(VIEWS);
        for (int view = 0; view < views; view++) {
            int index = next(shelf, visitor, day, near);
            if (index < 0) {
                return;
            }
            int item = shelf.items()[index];
            visitor.sees(item);
            acts.add(new Act(at, user, item, Kind.VIEW, 0));
            double liking = shelf.nearness(index, visitor.place(favourite));
            if (chance.happens(BOUGHT * liking)) {
                buy(user, visitor, item, liking, at, acts);
            }
            near = shelf.places()[index];
            visitor.movesTowards(favourite, near);
            at = at.plusSeconds(20 + chance.below(100));
        }
    }

    /** An item of the shelf, or −1 if none is there yet. */
    private static int next(Shelf shelf, Visitor visitor, int day, double[] near) {
        double[] weights = new double[shelf.items().length];
        boolean any = false;
        for (int index = 0; index < weights.length; index++) {
            int first = shelf.firstDays()[index];
            if (first <= day) {
                any = true;
                double fresh = first > 0 && day - first < NEW_DAYS ? 2 : 1;
                double known = visitor.saw(shelf.items()[index]) ? AGAIN : 1;
                weights[index] = shelf.attractions()[index] * shelf.nearness(index, near) * fresh * known;
            }
        }
        return any ? visitor.drawn(weights) : -1;
    }

    private void buy(int user, Visitor visitor, int item, double liking, LocalDateTime at, List<Act> acts) {
        Chance chance = visitor.chance();
        LocalDateTime bought = at.plusSeconds(5 + chance.below(10));
        acts.add(new Act(bought, user, item, Kind.PURCHASE, 0));
        if (chance.happens(1.0 / 3)) {
            LocalDateTime rated = bought.plusMinutes(24 * 60 + chance.below(9 * 24 * 60));
            int rating = (int) Math.max(1, Math.min(5, Math.round(chance.normal(2.5 + 2 * liking, 1))));
            if (rated.isBefore(settings.start().plusDays(settings.days()).atStartOfDay())) {
                acts.add(new Act(rated, user, item, Kind.RATING, rating));
            }
        }
    }
}
