package dev.millrace.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.training.evaluate.Evaluation;
import dev.millrace.training.sample.Learnable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RehearsalPageTest {
    private static final LocalDate FIRST = LocalDate.of(2018, 7, 18);

    @Test
    void has_each_week_their_mean_and_what_was_lost() throws Exception {
        Rehearsed rehearsed = new Rehearsed(
                new Span(1_000, 12, LocalDate.of(2018, 4, 1), LocalDate.of(2018, 8, 14)),
                1_000,
                12,
                990,
                9,
                Duration.ofSeconds(10),
                Duration.ofSeconds(25),
                List.of(week(FIRST, "2", 0.7, 0.3), week(FIRST.plusDays(7), "3", 0.8, 0.2)));

        String page = new RehearsalPage(
                        Learnable.in(Path.of("..", "examples", "card-fraud", "pipeline.yaml")),
                        "file.csv",
                        "./millrace rehearse pipeline.yaml --transactions file.csv",
                        rehearsed)
                .text();

        assertThat(page)
                .contains(
                        "# Models: card-fraud on file.csv",
                        "| 2018-07-18 | 0.900 | 0.700 | 0.300 | 0.500 | 0.600 | 0.100 |",
                        "| 2018-07-25 | 0.900 | 0.800 | 0.200 |",
                        "| **mean ± standard deviation** | 0.900 ± 0.000 | 0.750 ± 0.050 | 0.250 ± 0.050 |",
                        "| 2018-07-25 | 3 | boosted trees | 0.710 | 400 | 300 | 7 | 0.350 |",
                        "Of the 1,000 events 990 are rows and 9 are in the topic of the rejected; 1 were lost or doubled. They"
                                + " took 10 s",
                        "100 a second, and the trainings 15 s",
                        "./millrace rehearse pipeline.yaml --transactions file.csv");
    }

    private static Week week(LocalDate from, String version, double averagePrecision, double cardPrecision) {
        return new Week(
                from,
                new Trained(version, "boosted_trees", 0.71, 0.4),
                400,
                300,
                7,
                Map.of(
                        Evaluation.AUC_ROC, 0.9,
                        Evaluation.AVERAGE_PRECISION, averagePrecision,
                        Evaluation.CARD_PRECISION, cardPrecision,
                        Evaluation.PRECISION, 0.5,
                        Evaluation.RECALL, 0.6,
                        Evaluation.EXPECTED_COST, 0.1),
                0.35);
    }
}
