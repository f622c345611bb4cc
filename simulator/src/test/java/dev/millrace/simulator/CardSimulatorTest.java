package dev.millrace.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CardSimulatorTest {
    @Test
    void gives_the_same_transactions_for_the_same_seed_and_others_for_another() {
        SimulatorSettings settings = new SimulatorSettings(7, LocalDate.of(2025, 1, 1), 5, 50, 100);

        assertThat(all(settings)).isNotEmpty().isEqualTo(all(settings));
        assertThat(all(new SimulatorSettings(8, LocalDate.of(2025, 1, 1), 5, 50, 100)))
                .isNotEqualTo(all(settings));
    }

    @Test
    void numbers_the_transactions_in_the_order_of_time_within_the_span() {
        SimulatorSettings settings = new SimulatorSettings(7, LocalDate.of(2025, 1, 1), 30, 50, 100);
        LocalDateTime last = LocalDateTime.MIN;
        long id = 0;
        for (Transaction transaction : new CardSimulator(settings)) {
            assertThat(transaction.id()).isEqualTo(id++);
            assertThat(transaction.at()).isAfterOrEqualTo(last);
            last = transaction.at();
        }
        assertThat(last.toLocalDate()).isEqualTo(LocalDate.of(2025, 1, 30));
    }

    /**
     * The published stream's first 136 days hold 1,303,778 transactions of 53.62 on average, 10,659 of them frauds: 725,
     * 6,532 and 3,402 of the three scenarios. A population of 5,000 spreads the mean by about 0.6.
     */
    @Test
    void resembles_the_published_stream_at_its_size() {
        long[] scenarios = new long[4];
        BigDecimal sum = BigDecimal.ZERO;
        for (Transaction transaction : new CardSimulator(SimulatorSettings.handbook(1, 136))) {
            scenarios[transaction.scenario()]++;
            sum = sum.add(transaction.amount());
        }
        long count = scenarios[0] + scenarios[1] + scenarios[2] + scenarios[3];

        assertThat((double) count).isCloseTo(1_303_778, within(40_000.0));
        assertThat(sum.doubleValue() / count).isCloseTo(53.62, within(3.0));
        assertThat((double) scenarios[1]).isCloseTo(725, within(250.0));
        assertThat((double) scenarios[2]).isCloseTo(6_532, within(1_500.0));
        assertThat((double) scenarios[3]).isCloseTo(3_402, within(800.0));
    }

    @Test
    void keeps_the_share_of_frauds_in_a_small_population() {
        long frauds = 0;
        long count = 0;
        for (Transaction transaction :
                new CardSimulator(new SimulatorSettings(3, LocalDate.of(2025, 1, 1), 365, 300, 600))) {
            frauds += transaction.fraud() ? 1 : 0;
            count++;
        }

        assertThat((double) frauds / count).isBetween(0.004, 0.016);
    }

    @Test
    void writes_rows_and_objects_that_the_example_reads() {
        Transaction transaction =
                new Transaction(12, LocalDateTime.of(2025, 3, 1, 9, 5, 0), 3, 77, new BigDecimal("19.90"), true, 2);

        assertThat(transaction.toCsv()).isEqualTo("12,2025-03-01 09:05:00,3,77,19.90");
        assertThat(transaction.toJson())
                .isEqualTo("{\"transaction_id\":\"12\",\"tx_datetime\":\"2025-03-01 09:05:00\",\"customer_id\":\"3\","
                        + "\"terminal_id\":\"77\",\"tx_amount\":19.90}");
    }

    private static List<Transaction> all(SimulatorSettings settings) {
        List<Transaction> transactions = new ArrayList<>();
        new CardSimulator(settings).forEach(transactions::add);
        return transactions;
    }
}
