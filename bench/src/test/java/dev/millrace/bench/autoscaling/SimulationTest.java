package dev.millrace.bench.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The targets and windows of the chart do what they were chosen for. */
class SimulationTest {
    private static final Replica REPLICA = SizingTable.TRANSFORM;

    @Test
    void no_record_waits_for_longer_than_the_objective_on_any_curve() {
        for (Scaling scaling : Scaling.ofTheChart()) {
            for (LoadCurve curve : LoadCurve.bearable()) {
                Outcome outcome = new Simulation(scaling.inProduction(), REPLICA, curve).run();

                assertThat(outcome.longestWait())
                        .as("%s, %s", scaling.service(), curve.name())
                        .isLessThan(Simulation.OBJECTIVE);
            }
        }
    }

    @Test
    void what_moves_partitions_does_not_go_up_and_down_again() {
        for (Scaling scaling : Scaling.ofTheChart()) {
            if (!scaling.service().equals("ingest")) {
                for (LoadCurve curve : LoadCurve.bearable()) {
                    assertThat(new Simulation(scaling.inProduction(), REPLICA, curve)
                                    .run()
                                    .reversals())
                            .as("%s, %s", scaling.service(), curve.name())
                            .isZero();
                }
            }
        }
    }

    @Test
    void a_day_takes_fewer_replicas_than_its_noon_needs() {
        Outcome day = new Simulation(Scaling.transform().inProduction(), REPLICA, LoadCurve.day()).run();

        assertThat(day.most()).isEqualTo(4);
        assertThat(day.replicaHours()).isLessThan(0.7 * 24 * day.most());
    }

    @Test
    void what_comes_beyond_all_replicas_waits_and_is_worked_off() {
        Outcome outcome = new Simulation(Scaling.load().inProduction(), REPLICA, LoadCurve.flood()).run();

        assertThat(outcome.most()).isEqualTo(6);
        assertThat(outcome.longestWait()).isGreaterThan(Simulation.OBJECTIVE);
        assertThat(outcome.longestLate()).as("back under it within 25 minutes").isLessThan(1500);
    }
}
