package dev.millrace.training.recommend.evaluate;

import dev.millrace.training.TrainingException;
import dev.millrace.training.recommend.history.Histories;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What may be learned from, and what is held back.
 *
 * @param known what may be learned from
 * @param questions a user and what is held back of it each
 * @param protocol how it was held back
 * @param left what can not be asked, in words; empty if nothing
 */
public record Exam(Histories known, List<Question> questions, Protocol protocol, String left) {
    /** How something is held back. */
    public enum Protocol {
        /** The last item of each user. */
        LEAVE_ONE_OUT,
        /** All from a point in time on. */
        TIME_SPLIT
    }

    /**
     * What a user chose after what is known.
     *
     * @param user the user
     * @param held the items; none of them is known of the user
     */
    public record Question(int user, int[] held) {}

    /** Holds back the last item of each user with two or more. */
    public static Exam leaveOneOut(Histories all) {
        Histories known = all.withoutLast();
        List<Question> questions = new ArrayList<>();
        for (int user = 0; user < all.users(); user++) {
            if (all.size(user) >= 2) {
                int[] items = all.of(user);
                questions.add(new Question(user, new int[] {items[items.length - 1]}));
            }
        }
        int others = all.users() - questions.size();
        String left = others == 0 ? "" : String.format("%,d users with a single item are not asked", others);
        return asked(new Exam(known, questions, Protocol.LEAVE_ONE_OUT, left));
    }

    /** Holds back all from that share of all choices on, by their times. */
    public static Exam timeSplit(Histories all, double share) {
        return timeSplit(all, all.timeOfShare(share));
    }

    /** Holds back all from that time on; users that are new then are not asked. */
    public static Exam timeSplit(Histories all, long time) {
        Histories known = all.before(time);
        List<Question> questions = new ArrayList<>();
        int strangers = 0;
        for (int user = 0; user < all.users(); user++) {
            int before = known.size(user);
            int[] items = all.of(user);
            if (before == 0 && items.length > 0) {
                strangers++;
            } else if (before < items.length) {
                questions.add(new Question(user, Arrays.copyOfRange(items, before, items.length)));
            }
        }
        String left = strangers == 0 ? "" : String.format("%,d users are new after the split and not asked", strangers);
        return asked(new Exam(known, questions, Protocol.TIME_SPLIT, left));
    }

    /** Whether anybody chose something both before that time and from it on. */
    public static boolean canAsk(Histories all, long time) {
        Histories known = all.before(time);
        for (int user = 0; user < all.users(); user++) {
            if (known.size(user) > 0 && known.size(user) < all.size(user)) {
                return true;
            }
        }
        return false;
    }

    private static Exam asked(Exam exam) {
        if (exam.questions.isEmpty()) {
            throw new TrainingException(
                    "there is nothing to test: no user has items both to learn from and to foresee");
        }
        return exam;
    }

    /** An exam of the same kind on what is known alone, so that settings are chosen without what is held back here. */
    public Exam inner(double share) {
        return protocol == Protocol.LEAVE_ONE_OUT ? leaveOneOut(known) : timeSplit(known, share);
    }

    /** At most that many of the questions, drawn by the seed. */
    public Exam drawn(int most, long seed) {
        if (questions.size() <= most) {
            return this;
        }
        List<Question> drawn = new ArrayList<>(questions);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < most; i++) {
            int other = i + random.nextInt(drawn.size() - i);
            Question question = drawn.get(other);
            drawn.set(other, drawn.get(i));
            drawn.set(i, question);
        }
        return new Exam(known, List.copyOf(drawn.subList(0, most)), protocol, left);
    }

    /** Whether each item is known of anybody; no other can be recommended. */
    public boolean[] chosen() {
        int[] counts = known.counts();
        boolean[] chosen = new boolean[counts.length];
        for (int item = 0; item < counts.length; item++) {
            chosen[item] = counts[item] > 0;
        }
        return chosen;
    }
}
