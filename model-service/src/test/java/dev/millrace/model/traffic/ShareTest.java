package dev.millrace.model.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShareTest {
    private static final int KEYS = 100_000;

    @Test
    void as_many_keys_as_declared_are_the_canarys_whatever_they_look_like() {
        for (int percent : List.of(0, 1, 10, 50, 99, 100)) {
            Share share = new Share("card-fraud", percent);
            long numbers = IntStream.range(0, KEYS)
                    .filter(i -> share.has(Integer.toString(i)))
                    .count();
            Random random = new Random(5);
            long words = IntStream.range(0, KEYS)
                    .filter(i -> share.has("customer-" + Long.toHexString(random.nextLong())))
                    .count();

            assertThat(100.0 * numbers / KEYS).isEqualTo(percent, within(0.6));
            assertThat(100.0 * words / KEYS).isEqualTo(percent, within(0.6));
        }
    }

    @Test
    void who_is_in_stays_in_while_the_share_grows() {
        Share small = new Share("card-fraud", 5);
        Share large = new Share("card-fraud", 6);

        assertThat(IntStream.range(0, KEYS).mapToObj(Integer::toString).filter(small::has))
                .allMatch(large::has);
    }

    @Test
    void the_keys_of_one_models_share_are_not_those_of_anothers() {
        Share one = new Share("card-fraud", 10);
        Share other = new Share("chargebacks", 10);

        long both = IntStream.range(0, KEYS)
                .mapToObj(Integer::toString)
                .filter(one::has)
                .filter(other::has)
                .count();
        assertThat(100.0 * both / KEYS).isEqualTo(1, within(0.2));
    }

    @Test
    void a_keys_place_is_the_same_for_ever() {
        assertThat(new Share("card-fraud", 0).place("17")).isEqualTo(new Share("card-fraud", 50).place("17"));
        assertThat(new Share("card-fraud", 0).place("")).isBetween(0.0, 100.0);
        assertThat(new Share("card-fraud", 0).place("\ud83d\ude00")).isBetween(0.0, 100.0);
    }
}
