package dev.millrace.simulator.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.simulator.shop.Interaction.Kind;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShopSimulatorTest {
    private static final ShopSettings SETTINGS = new ShopSettings(3, LocalDate.of(2026, 1, 1), 60, 150, 200, 0.3);
    private static final ShopSimulator SHOP = new ShopSimulator(SETTINGS);
    private static final List<Interaction> INTERACTIONS = SHOP.interactions();

    @Test
    void the_same_seed_gives_the_same_and_another_another() {
        assertThat(new ShopSimulator(SETTINGS).interactions()).isEqualTo(INTERACTIONS);
        assertThat(new ShopSimulator(new ShopSettings(4, LocalDate.of(2026, 1, 1), 60, 150, 200, 0.3)).interactions())
                .isNotEqualTo(INTERACTIONS);
    }

    @Test
    void interactions_come_in_the_order_of_time_and_only_with_items_that_are_there() {
        assertThat(INTERACTIONS)
                .isSortedAccordingTo(Comparator.comparing(Interaction::at))
                .hasSizeGreaterThan(10_000);
        assertThat(INTERACTIONS)
                .allSatisfy(interaction -> assertThat(
                                SHOP.items().get(interaction.itemId() - 1).from())
                        .isBeforeOrEqualTo(interaction.at().toLocalDate()));
    }

    @Test
    void what_is_bought_was_viewed_and_what_is_rated_was_bought() {
        Map<Kind, Set<String>> done = new HashMap<>();
        for (Interaction interaction : INTERACTIONS) {
            String what = interaction.userId() + " " + interaction.itemId();
            done.computeIfAbsent(interaction.kind(), kind -> new HashSet<>()).add(what);
            if (interaction.kind() != Kind.VIEW) {
                Kind before = interaction.kind() == Kind.PURCHASE ? Kind.VIEW : Kind.PURCHASE;
                assertThat(done.get(before)).contains(what);
            }
        }
        assertThat(done).containsOnlyKeys(Kind.values());
    }

    @Test
    void some_items_sell_many_times_as_often_as_others_and_new_ones_come() {
        Map<Integer, Integer> views = new HashMap<>();
        INTERACTIONS.forEach(interaction -> views.merge(interaction.itemId(), 1, Integer::sum));
        int most = views.values().stream().max(Integer::compare).orElseThrow();

        assertThat(most * 200.0 / INTERACTIONS.size()).isGreaterThan(3);
        assertThat(SHOP.items().stream().filter(item -> !item.from().isBefore(SETTINGS.start())))
                .hasSizeBetween(20, 80);
    }

    @Test
    void lines_are_as_their_readers_expect_them() {
        Interaction rating = new Interaction(5, LocalDate.of(2026, 1, 2).atTime(3, 4, 5), 6, 7, Kind.RATING, 4);
        Interaction view = new Interaction(5, LocalDate.of(2026, 1, 2).atTime(3, 4, 5), 6, 7, Kind.VIEW, 0);

        assertThat(ShopLines.csv(rating)).isEqualTo("i5,u6,p7,rating,4,2026-01-02 03:04:05");
        assertThat(ShopLines.csv(view)).isEqualTo("i5,u6,p7,view,,2026-01-02 03:04:05");
        assertThat(ShopLines.json(rating))
                .isEqualTo(
                        "{\"interaction_id\":\"i5\",\"user_id\":\"u6\",\"item_id\":\"p7\",\"kind\":\"rating\",\"rating\":4,"
                                + "\"at\":\"2026-01-02 03:04:05\"}");
        assertThat(ShopLines.json(view)).contains("\"kind\":\"view\",\"at\":\"2026");
        assertThat(ShopLines.rating(view)).isEqualTo("6,7,3,1767323045");
    }
}
