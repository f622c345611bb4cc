package dev.millrace.training.recommend.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatingsFileTest {
    @TempDir
    Path folder;

    @Test
    void both_formats_give_the_same_histories_in_the_order_of_time() throws Exception {
        Histories dat = read("""
                        1::30::5::978300760
                        2::10::4::978300700
                        1::10::3::978300700
                        """);
        Histories csv = read("""
                        userId,movieId,rating,timestamp
                        1,30,5.0,978300760
                        2,10,4.0,978300700
                        1,10,3.5,978300700
                        """);

        for (Histories histories : new Histories[] {dat, csv}) {
            assertThat(histories.users()).isEqualTo(2);
            assertThat(histories.items()).isEqualTo(2);
            assertThat(histories.user(0)).isEqualTo("1");
            assertThat(names(histories)).containsExactly("10", "30");
        }
    }

    @Test
    void what_was_rated_in_the_same_second_is_in_the_order_of_the_file_and_what_was_rated_twice_counts_once()
            throws Exception {
        Histories histories = read("""
                        1::b::5::100
                        1::a::5::100
                        1::b::1::200
                        1::c::1::50
                        """);

        assertThat(names(histories)).containsExactly("c", "b", "a");
        assertThat(names(histories.withoutLast())).containsExactly("c", "b");
        assertThat(names(histories.before(100))).containsExactly("c");
    }

    @Test
    void a_mistake_is_told_with_its_line() {
        assertMistake(
                "1::2::3::4\n1::2::3\n", "line 2: expected user::item::rating::timestamp, four values, got '1::2::3'");
        assertMistake("1::2::good::4\n", "line 1: expected a number as the rating, got '1::2::good::4'");
        assertMistake(
                "userId,movieId,rating,timestamp\n1,2,3,2001-01-01\n",
                "line 2: expected whole seconds since 1970 as the timestamp");
        assertMistake("user;item\n", "line 1: expected the header userId,movieId,rating,timestamp or user::item");
        assertMistake("1::::3::4\n", "line 1: expected a user and an item");
        assertMistake("", "is empty; expected ratings");
        assertMistake("userId,movieId,rating,timestamp\n", "holds no rating");
    }

    private static List<String> names(Histories histories) {
        return IntStream.of(histories.of(0)).mapToObj(histories::item).toList();
    }

    private void assertMistake(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("ratings")
                .hasMessageContaining(message);
    }

    private Histories read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("ratings"), text);
        return new RatingsFile(file).read(count -> {});
    }
}
