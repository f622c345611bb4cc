package dev.millrace.model.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DriftTest {
    /** Of a uniform distribution between 0 and 1, and of a score that is mostly low. */
    private static final Reference REFERENCE = new Reference(
            Map.of("amount", new Distribution(List.of(0.25, 0.5, 0.75), List.of(0.25, 0.25, 0.25, 0.25), 0)),
            new Distribution(List.of(0.1), List.of(0.9, 0.1), 0));

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TurnedClock clock = new TurnedClock();
    private final Drift drift = new Drift(Duration.ofHours(24), 100, meters, clock);
    private final Random random = new Random(11);

    @Test
    void the_same_distribution_has_next_to_no_drift() {
        observe("1", 2_000, 0, 1);

        Divergence amount = drift.of("fraud").get("amount");
        assertThat(amount.rows()).isEqualTo(2_000);
        assertThat(amount.psi()).isLessThan(0.01);
        assertThat(amount.ks()).isLessThan(0.05);
    }

    @Test
    void another_distribution_is_told_by_each_statistic() {
        observe("1", 2_000, 0.5f, 1.5f);

        Divergence amount = drift.of("fraud").get("amount");
        // Nothing is in two quarters, and in the last one three times as many: worked out by hand.
        assertThat(amount.ks()).isEqualTo(0.5, within(0.02));
        assertThat(amount.psi()).isGreaterThan(1);
        assertThat(gauge("amount", "psi")).isEqualTo(amount.psi());
        assertThat(gauge("score", "ks")).isLessThan(0.2);
    }

    @Test
    void what_is_missing_is_a_rate_of_its_own() {
        float[] values = new float[1_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 4 == 0 ? Float.NaN : random.nextFloat();
        }
        for (float value : values) {
            drift.observe("fraud", "1", REFERENCE, List.of("amount"), new float[] {value}, new double[] {0});
        }

        assertThat(gauge("amount", "missing")).isEqualTo(0.25);
        assertThat(gauge("amount", "psi")).isLessThan(0.02);
    }

    @Test
    void nothing_is_said_of_few_predictions_or_of_a_version_without_a_reference() {
        observe("1", 50, 5, 6);
        drift.observe("other", "1", null, List.of("amount"), new float[1_000], new double[1_000]);

        assertThat(gauge("amount", "psi")).isNaN();
        assertThat(drift.of("other")).isEmpty();
    }

    @Test
    void what_is_longer_ago_is_forgotten() {
        observe("1", 1_000, 5, 6);
        clock.turn(Duration.ofHours(12));
        observe("1", 1_000, 0, 1);
        assertThat(drift.of("fraud").get("amount").ks()).isGreaterThan(0.3);

        clock.turn(Duration.ofHours(13));
        assertThat(drift.of("fraud").get("amount").rows()).isEqualTo(1_000);
        assertThat(drift.of("fraud").get("amount").ks()).isLessThan(0.06);
    }

    @Test
    void the_version_that_answered_most_is_told_of() {
        observe("1", 300, 5, 6);
        observe("2", 900, 0, 1);

        assertThat(drift.of("fraud").get("amount").rows()).isEqualTo(900);
    }

    private void observe(String version, int rows, float from, float to) {
        for (int row = 0; row < rows; row++) {
            float amount = from + random.nextFloat() * (to - from);
            double score = random.nextInt(10) == 0 ? 0.5 : 0.01;
            drift.observe("fraud", version, REFERENCE, List.of("amount"), new float[] {amount}, new double[] {score});
        }
    }

    private double gauge(String feature, String statistic) {
        return meters.get("millrace.drift")
                .tags("model", "fraud", "feature", feature, "statistic", statistic)
                .gauge()
                .value();
    }

    private static final class TurnedClock extends Clock {
        private Instant now = Instant.parse("2026-03-01T00:00:00Z");

        void turn(Duration on) {
            now = now.plus(on);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
