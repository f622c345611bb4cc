package dev.millrace.training.evaluate;

import dev.millrace.training.sample.Samples;
import java.util.HashSet;
import java.util.Set;

/**
 * Days to learn from, a gap in which labels are late, and days to test on. Keys that are known by then to have a positive
 * label are left out of the test, because whoever acts on labels would have acted: those of the last days of training, as
 * many as are tested, and those whose labels arrive during the test. So a longer training leaves out no more.
 *
 * @param trainFrom the first day of training, in days since 1970-01-01
 * @param trainTo the day behind training
 * @param delay how many days labels are late
 * @param testDays how many days are tested
 */
public record Split(int trainFrom, int trainTo, int delay, int testDays) {
    /** The split that tests from that day on. */
    public static Split testing(int testFrom, int trainDays, int delay, int testDays) {
        int trainTo = testFrom - delay;
        return new Split(trainTo - trainDays, trainTo, delay, testDays);
    }

    /** The first day of the test. */
    public int testFrom() {
        return trainTo + delay;
    }

    /** The same some days earlier. */
    public Split earlier(int days) {
        return new Split(trainFrom - days, trainTo - days, delay, testDays);
    }

    /** The rows to learn from. */
    public Samples training(Samples samples) {
        return samples.between(trainFrom, trainTo);
    }

    /** The rows to test on. */
    public Samples test(Samples samples) {
        Samples late = samples.between(trainTo - testDays, testFrom() + testDays);
        Set<Integer> known =
                new HashSet<>(late.between(trainTo - testDays, trainTo).positiveKeys());
        Samples days = late.between(testFrom(), testFrom() + testDays);
        boolean[] kept = new boolean[days.size()];
        int row = 0;
        for (int today = testFrom(); today < testFrom() + testDays; today++) {
            known.addAll(late.between(today - delay - 1, today - delay).positiveKeys());
            for (; row < days.size() && days.day(row) <= today; row++) {
                kept[row] = !known.contains(days.key(row));
            }
        }
        return days.where(index -> kept[index]);
    }
}
