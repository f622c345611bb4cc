package dev.millrace.bench.autoscaling;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;

/**
 * Kubernetes' horizontal pod autoscaling, {@code autoscaling/v2}, as its documentation and its controller have it: the ratio of
 * metric to target, a tolerance of a tenth, the largest wish of several metrics, stabilization windows, policies. Not
 * thread-safe; asked every {@link #PERIOD} seconds.
 */
final class Autoscaler {
    /** Seconds between two looks: {@code --horizontal-pod-autoscaler-sync-period}. */
    static final int PERIOD = 15;

    private static final double TOLERANCE = 0.1;

    private record Wish(int at, int pods) {}

    private record Change(int at, int pods) {}

    private final Scaling scaling;
    private final List<Wish> wishes = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();

    Autoscaler(Scaling scaling) {
        this.scaling = scaling;
    }

    /** How many pods there shall be from now on. */
    int decide(int now, Observed observed) {
        int current = observed.pods();
        int wish = Math.max(scaling.min(), Math.min(scaling.max(), wish(observed)));
        int settled = stabilized(now, current, wish);
        int next = settled > current
                ? Math.min(settled, mostAt(now, current))
                : settled < current ? Math.max(settled, leastAt(now, current)) : current;
        if (next != current) {
            changes.add(new Change(now, next - current));
        }
        return next;
    }

    private int wish(Observed observed) {
        int byCpu = byCpu(observed);
        return scaling.lagPerReplica().isPresent()
                ? Math.max(byCpu, byLag(observed, scaling.lagPerReplica().getAsDouble()))
                : byCpu;
    }

    /** Pods that are not ready count as idle where that makes a wish for more smaller, and not at all otherwise. */
    private int byCpu(Observed observed) {
        int current = observed.pods();
        double ratio = observed.cpu() / observed.ready() / scaling.targetCpu();
        if (ratio <= 1 || observed.starting() == 0) {
            return tolerable(ratio) ? current : (int) Math.ceil(ratio * observed.ready());
        }
        double withIdle = observed.cpu() / current / scaling.targetCpu();
        return tolerable(withIdle) || withIdle < 1 ? current : (int) Math.ceil(withIdle * current);
    }

    private static int byLag(Observed observed, double target) {
        double ratio = observed.lag() / (target * observed.pods());
        return tolerable(ratio) ? observed.pods() : (int) Math.ceil(observed.lag() / target);
    }

    private static boolean tolerable(double ratio) {
        return Math.abs(1 - ratio) <= TOLERANCE;
    }

    /** Up to the least that was wished for in the window of going up, down to the most in that of going down. */
    private int stabilized(int now, int current, int wish) {
        wishes.add(new Wish(now, wish));
        int up = wishWithin(now, scaling.up().window(), wish, Math::min);
        int down = wishWithin(now, scaling.down().window(), wish, Math::max);
        return Math.min(Math.max(current, up), down);
    }

    private int wishWithin(int now, int window, int wish, IntBinaryOperator most) {
        return wishes.stream()
                .filter(earlier -> earlier.at() > now - window)
                .mapToInt(Wish::pods)
                .reduce(wish, most);
    }

    private int mostAt(int now, int current) {
        int most = current;
        for (Policy policy : scaling.up().policies()) {
            int begin = current - changedWithin(now, policy.period());
            int allowed =
                    policy.percent() ? (int) Math.ceil(begin * (1 + policy.value() / 100.0)) : begin + policy.value();
            most = Math.max(most, allowed);
        }
        return most;
    }

    private int leastAt(int now, int current) {
        int least = current;
        for (Policy policy : scaling.down().policies()) {
            int begin = current - changedWithin(now, policy.period());
            int allowed = policy.percent() ? (int) (begin * (1 - policy.value() / 100.0)) : begin - policy.value();
            least = Math.min(least, allowed);
        }
        return least;
    }

    /** Pods added less pods taken away within the last seconds. */
    private int changedWithin(int now, int period) {
        return changes.stream()
                .filter(change -> change.at() > now - period)
                .mapToInt(Change::pods)
                .sum();
    }
}
