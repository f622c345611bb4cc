package dev.millrace.bench.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** The examples of Kubernetes' documentation, and what its controller's code says beyond. */
class AutoscalerTest {
    private static final Direction AT_ONCE = new Direction(0, List.of(Policy.percent(1000, 15)));

    @Test
    void wishes_for_as_many_pods_more_as_the_metric_is_over_its_target() {
        assertThat(of(0.5, AT_ONCE, AT_ONCE).decide(0, cpu(2, 2.0))).isEqualTo(4);
        assertThat(of(0.5, AT_ONCE, AT_ONCE).decide(0, cpu(4, 1.0))).isEqualTo(2);
        assertThat(of(0.5, AT_ONCE, AT_ONCE).decide(0, cpu(3, 1.8)))
                .as("rounded up")
                .isEqualTo(4);
    }

    @Test
    void leaves_the_pods_alone_within_a_tenth_of_the_target() {
        assertThat(of(0.5, AT_ONCE, AT_ONCE).decide(0, cpu(10, 5.4))).isEqualTo(10);
        assertThat(of(0.5, AT_ONCE, AT_ONCE).decide(0, cpu(10, 5.6))).isEqualTo(12);
        assertThat(of(0.5, AT_ONCE, AT_ONCE).decide(0, cpu(10, 4.6))).isEqualTo(10);
        assertThat(of(0.5, AT_ONCE, AT_ONCE).decide(0, cpu(10, 4.4))).isEqualTo(9);
    }

    @Test
    void follows_the_largest_wish_of_several_metrics() {
        Scaling scaling = new Scaling("s", 1, 20, 0.5, OptionalDouble.of(100), AT_ONCE, AT_ONCE);

        assertThat(new Autoscaler(scaling).decide(0, new Observed(2, 0, 1, 750)))
                .isEqualTo(8);
        assertThat(new Autoscaler(scaling).decide(0, new Observed(2, 0, 2, 10))).isEqualTo(4);
    }

    @Test
    void counts_pods_that_are_not_ready_as_idle_before_it_adds_more() {
        assertThat(of(0.5, AT_ONCE, AT_ONCE).decide(0, new Observed(2, 2, 2, 0)))
                .as("four would be right, and four there are")
                .isEqualTo(4);
        assertThat(of(0.5, AT_ONCE, AT_ONCE).decide(0, new Observed(2, 2, 4, 0)))
                .isEqualTo(8);
    }

    @Test
    void goes_down_only_to_the_most_that_was_wished_for_in_the_window() {
        Autoscaler autoscaler = of(0.5, AT_ONCE, new Direction(300, List.of(Policy.percent(100, 15))));

        assertThat(autoscaler.decide(0, cpu(4, 2))).isEqualTo(4);
        assertThat(autoscaler.decide(150, cpu(4, 1.5))).isEqualTo(4);
        assertThat(autoscaler.decide(300, cpu(4, 0.5)))
                .as("three were wished for")
                .isEqualTo(3);
        assertThat(autoscaler.decide(451, cpu(3, 0.5))).isEqualTo(1);
    }

    @Test
    void adds_no_more_within_a_period_than_the_most_generous_policy_allows() {
        Direction up = new Direction(0, List.of(Policy.percent(100, 30), Policy.pods(4, 30)));
        Autoscaler autoscaler = of(0.5, up, AT_ONCE);

        assertThat(autoscaler.decide(0, cpu(1, 20))).isEqualTo(5);
        assertThat(autoscaler.decide(15, cpu(5, 20)))
                .as("the period is not over")
                .isEqualTo(5);
        assertThat(autoscaler.decide(31, cpu(5, 20))).isEqualTo(10);
    }

    @Test
    void takes_one_pod_in_two_minutes_if_that_is_the_policy() {
        Autoscaler autoscaler = of(0.5, AT_ONCE, new Direction(0, List.of(Policy.pods(1, 120))));

        assertThat(autoscaler.decide(0, cpu(4, 0))).isEqualTo(3);
        assertThat(autoscaler.decide(105, cpu(3, 0))).isEqualTo(3);
        assertThat(autoscaler.decide(121, cpu(3, 0))).isEqualTo(2);
    }

    @Test
    void keeps_between_its_bounds() {
        assertThat(of(0.5, AT_ONCE, AT_ONCE).decide(0, cpu(10, 100))).isEqualTo(20);
        assertThat(of(0.5, AT_ONCE, AT_ONCE).decide(0, cpu(10, 0))).isEqualTo(1);
    }

    private static Observed cpu(int pods, double cores) {
        return new Observed(pods, 0, cores, 0);
    }

    private static Autoscaler of(double target, Direction up, Direction down) {
        return new Autoscaler(new Scaling("s", 1, 20, target, OptionalDouble.empty(), up, down));
    }
}
