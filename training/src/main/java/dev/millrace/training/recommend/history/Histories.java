package dev.millrace.training.recommend.history;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * What each user chose, in the order of time; what happened at the same time is in the order in which it was added. An item
 * that a user chose again counts once, at the first time, and for as much as the choice that counts for most. Users and items are numbers from 0. A part of the histories shares
 * the arrays of the whole. Immutable.
 */
public final class Histories {
    private final List<String> users;
    private final List<String> items;
    private final int[] chosen;
    private final long[] times;
    private final float[] weights;
    private final int[] starts;
    private final int[] ends;

    private Histories(
            List<String> users,
            List<String> items,
            int[] chosen,
            long[] times,
            float[] weights,
            int[] starts,
            int[] ends) {
        this.users = users;
        this.items = items;
        this.chosen = chosen;
        this.times = times;
        this.weights = weights;
        this.starts = starts;
        this.ends = ends;
    }

    /** How many users there are, with those whose history is empty in this part. */
    public int users() {
        return starts.length;
    }

    /** How many items there are, with those that nobody chose in this part. */
    public int items() {
        return items.size();
    }

    /** An item's name. */
    public String item(int item) {
        return items.get(item);
    }

    /** A user's name. */
    public String user(int user) {
        return users.get(user);
    }

    /** How many items a user chose. */
    public int size(int user) {
        return ends[user] - starts[user];
    }

    /** The items that a user chose, the earliest first; a copy. */
    public int[] of(int user) {
        return Arrays.copyOfRange(chosen, starts[user], ends[user]);
    }

    /** What each of these choices counts for in learning; a copy. */
    public float[] weights(int user) {
        return Arrays.copyOfRange(weights, starts[user], ends[user]);
    }

    /** How many choices there are in all. */
    public long size() {
        long size = 0;
        for (int user = 0; user < starts.length; user++) {
            size += size(user);
        }
        return size;
    }

    /** When a user made a choice, counted from the earliest, 0. */
    public long time(int user, int index) {
        return times[starts[user] + index];
    }

    /** Each user's history without its last item; a user with one item keeps it. */
    public Histories withoutLast() {
        return until(user -> size(user) < 2 ? ends[user] : ends[user] - 1);
    }

    /** What was chosen before that time. */
    public Histories before(long time) {
        return until(user -> {
            int end = ends[user];
            while (end > starts[user] && times[end - 1] >= time) {
                end--;
            }
            return end;
        });
    }

    /** The time before which that share of all choices was made; more, if many were made at the same time. */
    public long timeOfShare(double share) {
        long[] all = new long[Math.toIntExact(size())];
        int count = 0;
        for (int user = 0; user < starts.length; user++) {
            int size = size(user);
            System.arraycopy(times, starts[user], all, count, size);
            count += size;
        }
        Arrays.sort(all);
        return all[Math.min(all.length - 1, (int) Math.ceil(share * all.length))];
    }

    /** How many users chose each item. */
    public int[] counts() {
        int[] counts = new int[items.size()];
        for (int user = 0; user < starts.length; user++) {
            for (int i = starts[user]; i < ends[user]; i++) {
                counts[chosen[i]]++;
            }
        }
        return counts;
    }

    private Histories until(IntUnaryOperator end) {
        int[] others = new int[ends.length];
        Arrays.setAll(others, end);
        return new Histories(users, items, chosen, times, weights, starts, others);
    }

    /** Takes choices in any order. Confined to one thread. */
    public static final class Builder {
        private final Map<String, Integer> users = new HashMap<>();
        private final Map<String, Integer> items = new HashMap<>();
        private int[] user = new int[1024];
        private int[] item = new int[1024];
        private long[] time = new long[1024];
        private float[] weight = new float[1024];
        private int count;

        /** Adds a choice that counts for 1. */
        public void add(String who, String what, long at) {
            add(who, what, at, 1);
        }

        /**
         * Adds a choice.
         *
         * @param counts what it counts for, more than 0
         */
        public void add(String who, String what, long at, float counts) {
            if (count == user.length) {
                user = Arrays.copyOf(user, count * 2);
                item = Arrays.copyOf(item, count * 2);
                time = Arrays.copyOf(time, count * 2);
                weight = Arrays.copyOf(weight, count * 2);
            }
            user[count] = numberOf(users, who);
            item[count] = numberOf(items, what);
            weight[count] = counts;
            time[count++] = at;
        }

        private static int numberOf(Map<String, Integer> numbers, String name) {
            Integer number = numbers.get(name);
            if (number == null) {
                number = numbers.size();
                numbers.put(name, number);
            }
            return number;
        }

        /** How many choices were added. */
        public int size() {
            return count;
        }

        /** The histories. */
        public Histories build() {
            int[] starts = new int[users.size() + 1];
            for (int i = 0; i < count; i++) {
                starts[user[i] + 1]++;
            }
            for (int i = 0; i < users.size(); i++) {
                starts[i + 1] += starts[i];
            }
            int[] next = Arrays.copyOf(starts, users.size());
            int[] rows = new int[count];
            for (int i = 0; i < count; i++) {
                rows[next[user[i]]++] = i;
            }
            int[] chosen = new int[count];
            long[] times = new long[count];
            float[] weights = new float[count];
            int[] places = new int[items.size()];
            int[] ends = new int[users.size()];
            int[] seenBy = new int[items.size()];
            for (int who = 0; who < ends.length; who++) {
                int end = starts[who];
                for (int row : inOrder(rows, starts[who], starts[who + 1])) {
                    if (seenBy[item[row]] != who + 1) {
                        seenBy[item[row]] = who + 1;
                        chosen[end] = item[row];
                        weights[end] = weight[row];
                        places[item[row]] = end;
                        times[end++] = time[row];
                    } else {
                        int place = places[item[row]];
                        weights[place] = Math.max(weights[place], weight[row]);
                    }
                }
                ends[who] = end;
            }
            return new Histories(
                    names(users), names(items), chosen, times, weights, Arrays.copyOf(starts, ends.length), ends);
        }

        /** By time, and then by the order of addition. */
        private int[] inOrder(int[] rows, int from, int to) {
            return Arrays.stream(rows, from, to)
                    .boxed()
                    .sorted((a, b) -> Long.compare(time[a], time[b]))
                    .mapToInt(Integer::intValue)
                    .toArray();
        }

        private static List<String> names(Map<String, Integer> numbers) {
            String[] names = new String[numbers.size()];
            numbers.forEach((name, number) -> names[number] = name);
            return List.of(names);
        }
    }
}
