package dev.millrace.training.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.event.Row;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the example's features tell apart, by its own declaration. */
class CardFraudFeaturesTest {
    private static final LocalDate FIRST = LocalDate.of(2018, 5, 1);

    private Replay replay;
    private int sent;

    @BeforeEach
    void declared() throws Exception {
        replay = Learnable.in(Path.of("..", "examples", "card-fraud", "pipeline.yaml"))
                .replay();
    }

    @Test
    void a_fraud_of_an_unusual_amount_is_not_the_terminals() {
        for (int day = 0; day < 10; day++) {
            send(day, "anna", "home", 20, false);
            send(day, "ben", "home", 20, false);
        }
        send(10, "anna", "shop", 100, true);
        send(10, "ben", "skimmer", 20, true);

        Row shop = send(20, "carl", "shop", 20, false);
        Row skimmer = send(20, "carl", "skimmer", 20, false);

        assertThat(shop.get("terminal_frauds_7d")).isEqualTo(1.0);
        assertThat(shop.get("terminal_outliers_7d")).isEqualTo(1L);
        assertThat(shop.get("terminal_unexplained_7d")).isEqualTo(0.0);
        assertThat(skimmer.get("terminal_frauds_7d")).isEqualTo(1.0);
        assertThat(skimmer.get("terminal_unexplained_7d")).isEqualTo(1.0);
    }

    @Test
    void what_is_usual_is_told_without_the_unusual_amounts() {
        for (int day = 0; day < 10; day++) {
            send(day, "anna", "home", 20, false);
        }
        Row first = send(10, "anna", "shop", 100, true);
        Row second = send(11, "anna", "shop", 100, true);

        assertThat(first.get("customer_outliers_14d")).isEqualTo(1L);
        assertThat(second.get("customer_outliers_14d")).isEqualTo(2L);
        assertThat(second.get("customer_usual_mean_30d")).isEqualTo(20.0);
        assertThat(second.get("amount_to_usual")).isEqualTo(5.0);
    }

    private Row send(int day, String customer, String terminal, int amount, boolean fraud) {
        String event = String.format(
                "{\"transaction_id\": \"%d\", \"tx_datetime\": \"%sT12:00:00Z\", \"customer_id\": \"%s\","
                        + " \"terminal_id\": \"%s\", \"tx_amount\": %d}",
                sent++, FIRST.plusDays(day), customer, terminal, amount);
        return replay.send(event.getBytes(StandardCharsets.UTF_8), fraud).orElseThrow();
    }
}
