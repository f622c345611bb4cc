package dev.millrace.model.training;

import java.util.HashSet;
import java.util.Set;

/**
 * The Handbook's protocol: a model is trained on some days, labels arrive {@value #DELAY} days late, the week after that
 * tests it. Customers who are known to be compromised by then are left out of the test, because any bank would have blocked
 * their cards: those of the last {@value #DAYS} days of training, and those whose labels arrive during the test.
 */
final class TestWeek {
    /** How many days labels are late. */
    static final int DELAY = 7;
    /** How many days are tested. */
    static final int DAYS = 7;

    private TestWeek() {}

    /** The rows to test with, for a training that ended before that day. */
    static Samples after(int endOfTraining, Samples samples) {
        Set<Integer> known = compromised(samples.between(endOfTraining - DAYS, endOfTraining));
        Samples week = samples.between(endOfTraining + DELAY, endOfTraining + DELAY + DAYS);
        boolean[] kept = new boolean[week.size()];
        int row = 0;
        for (int day = 0; day < DAYS; day++) {
            int today = endOfTraining + DELAY + day;
            known.addAll(compromised(samples.between(today - DELAY - 1, today - DELAY)));
            for (; row < week.size() && week.day(row) == today; row++) {
                kept[row] = !known.contains(week.customer(row));
            }
        }
        return week.where(index -> kept[index]);
    }

    private static Set<Integer> compromised(Samples samples) {
        Set<Integer> customers = new HashSet<>();
        for (int row = 0; row < samples.size(); row++) {
            if (samples.fraud(row)) {
                customers.add(samples.customer(row));
            }
        }
        return customers;
    }
}
