package dev.millrace.bench.autoscaling;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One service under one curve, second by second: what comes waits until a replica has taken it. CPU is seen as metrics-server
 * gives it, the mean of the fifteen seconds before. Used once.
 */
final class Simulation {
    /** The objective of freshness, docs/operations/slo.md. */
    static final int OBJECTIVE = 60;

    private static final int SOON = 600;

    private final Replica replica;
    private final LoadCurve curve;
    private final Autoscaler autoscaler;
    /** When each pod that starts will work. */
    private final Deque<Integer> starting = new ArrayDeque<>();

    private int ready;
    private int pausedUntil;
    private double waiting;
    private double busy;

    private int most;
    private int changes;
    private int reversals;
    private int lastChange = -SOON;
    private int lastDirection;
    private double longestWait;
    private int late;
    private int lateNow;
    private int longestLate;
    private double replicaSeconds;

    Simulation(Scaling scaling, Replica replica, LoadCurve curve) {
        this.replica = replica;
        this.curve = curve;
        this.autoscaler = new Autoscaler(scaling);
        this.ready = scaling.min();
    }

    Outcome run() {
        for (int second = 0; second < curve.seconds(); second++) {
            become(second);
            work(second);
            if (second % Autoscaler.PERIOD == Autoscaler.PERIOD - 1) {
                scale(second);
            }
        }
        return new Outcome(most, changes, reversals, longestWait, late, longestLate, replicaSeconds / 3600);
    }

    private void become(int second) {
        boolean joined = false;
        while (!starting.isEmpty() && starting.peek() <= second) {
            starting.poll();
            ready++;
            joined = true;
        }
        if (joined) {
            pausedUntil = second + replica.pause();
        }
        most = Math.max(most, ready + starting.size());
        replicaSeconds += ready + starting.size();
    }

    private void work(int second) {
        double comes = curve.at().applyAsDouble(second) * replica.carries();
        double capacity = second < pausedUntil ? 0 : ready * replica.carries();
        double done = Math.min(waiting + comes, capacity);
        waiting += comes - done;
        busy += done / replica.carries();
        double wait = waiting / (ready * replica.carries()) + Math.max(0, pausedUntil - second);
        longestWait = Math.max(longestWait, wait);
        lateNow = wait > OBJECTIVE ? lateNow + 1 : 0;
        late += wait > OBJECTIVE ? 1 : 0;
        longestLate = Math.max(longestLate, lateNow);
    }

    private void scale(int second) {
        double cpu = busy / Autoscaler.PERIOD / replica.request();
        double lag = waiting + curve.at().applyAsDouble(second) * replica.carries() * replica.latency();
        busy = 0;
        int before = ready + starting.size();
        int after = autoscaler.decide(second, new Observed(ready, starting.size(), cpu, lag));
        for (int i = before; i < after; i++) {
            starting.add(second + replica.starts());
        }
        for (int i = after; i < before; i++) {
            if (starting.pollLast() == null) {
                ready--;
                pausedUntil = second + replica.pause();
            }
        }
        if (after != before) {
            changed(second, Integer.signum(after - before));
        }
    }

    private void changed(int second, int direction) {
        changes++;
        if (direction != lastDirection && second - lastChange < SOON) {
            reversals++;
        }
        lastDirection = direction;
        lastChange = second;
    }
}
