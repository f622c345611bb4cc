package dev.millrace.simulator.shop;

import dev.millrace.simulator.Chance;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * The shop's items, by their genres. Each has an attraction, and a place in its genre: items at near places please the same
 * users and are viewed one after another. Immutable.
 */
final class Catalogue {
    private static final List<String> CATEGORIES = List.of("books", "films", "music", "games", "garden", "kitchen");
    private static final List<List<String>> GENRES = List.of(
            List.of("crime", "fantasy", "history", "poetry"),
            List.of("comedy", "drama", "thriller", "western"),
            List.of("jazz", "folk", "opera", "electronic"),
            List.of("puzzle", "strategy", "racing", "cards"),
            List.of("seeds", "tools", "pots", "lights"),
            List.of("knives", "pans", "baking", "coffee"));
    private static final double REACH = 0.02;

    private final List<Item> items = new ArrayList<>();
    private final List<Shelf> shelves = new ArrayList<>();

    /**
     * The items of a genre.
     *
     * @param items their numbers from 0, of all items
     * @param attractions what each has before anything is known of the user
     * @param places where each is, in a square of side 1
     * @param firstDays since when each is there, in days of the simulation; 0 or less from the beginning
     * @param peak the day of the year when it sells best
     */
    record Shelf(int[] items, double[] attractions, double[][] places, int[] firstDays, int peak) {
        /** How near a place is to an item's: from 1 to next to 0. */
        double nearness(int index, double[] place) {
            double dx = places[index][0] - place[0];
            double dy = places[index][1] - place[1];
            return 0.02 + 0.98 * StrictMath.exp(-(dx * dx + dy * dy) / (2 * REACH));
        }
    }

    Catalogue(ShopSettings settings, Chance chance) {
        int genres = CATEGORIES.size() * GENRES.get(0).size();
        List<List<Integer>> numbers = new ArrayList<>();
        for (int genre = 0; genre < genres; genre++) {
            numbers.add(new ArrayList<>());
        }
        int[] firstDays = new int[settings.items()];
        for (int number = 0; number < settings.items(); number++) {
            int genre = chance.below(genres);
            numbers.get(genre).add(number);
            firstDays[number] = chance.happens(0.25) ? chance.below(settings.days()) : 0;
            items.add(item(settings.start(), number, genre, firstDays[number], chance));
        }
        for (int genre = 0; genre < genres; genre++) {
            shelves.add(shelf(numbers.get(genre), firstDays, chance.below(365), chance));
        }
    }

    private static Item item(LocalDate start, int number, int genre, int firstDay, Chance chance) {
        String category = CATEGORIES.get(genre / GENRES.get(0).size());
        String name = GENRES.get(genre / GENRES.get(0).size())
                .get(genre % GENRES.get(0).size());
        BigDecimal price = BigDecimal.valueOf(490 + 100L * chance.below(60), 2);
        LocalDate from = firstDay == 0 ? start.minusDays(1 + chance.below(700)) : start.plusDays(firstDay);
        return new Item(number + 1, name + " " + (number + 1), category, name, price, from);
    }

    private static Shelf shelf(List<Integer> numbers, int[] firstDays, int peak, Chance chance) {
        int[] items = numbers.stream().mapToInt(Integer::intValue).toArray();
        double[] attractions = new double[items.length];
        double[][] places = new double[items.length][];
        int[] since = new int[items.length];
        for (int index = 0; index < items.length; index++) {
            attractions[index] = StrictMath.exp(chance.normal(0, 1));
            places[index] = new double[] {chance.uniform(0, 1), chance.uniform(0, 1)};
            since[index] = firstDays[items[index]];
        }
        return new Shelf(items, attractions, places, since, peak);
    }

    /** The items by their numbers from 0. */
    List<Item> items() {
        return items;
    }

    /** The genres' items. */
    List<Shelf> shelves() {
        return shelves;
    }
}
