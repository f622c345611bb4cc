package dev.millrace.model.recommend;

import java.util.Arrays;

/**
 * The best of many items by their scores: a heap with the worst of those kept on top. Of equal scores the lower number is the
 * better. Confined to one thread.
 */
final class Best {
    /** A score above, and the complement of the number below, so that the order of the whole is that of both. */
    private final long[] heap;

    private int size;
    private float floor = Float.NEGATIVE_INFINITY;

    /** The best so many. */
    Best(int most) {
        this.heap = new long[most];
    }

    /** What a score has to be above, to be kept. */
    float floor() {
        return floor;
    }

    /** Keeps an item whose score is above {@link #floor}. */
    void add(int item, float score) {
        long one = (long) ordered(score) << Integer.SIZE | ~item & 0xFFFFFFFFL;
        if (size < heap.length) {
            up(size++, one);
        } else {
            down(one);
        }
        if (size == heap.length) {
            floor = score(heap[0]);
        }
    }

    private void up(int from, long one) {
        int at = from;
        while (at > 0 && heap[at - 1 >>> 1] > one) {
            heap[at] = heap[at - 1 >>> 1];
            at = at - 1 >>> 1;
        }
        heap[at] = one;
    }

    private void down(long one) {
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= one) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = one;
    }

    /** The items, the best first. */
    int[] items() {
        Arrays.sort(heap, 0, size);
        int[] items = new int[size];
        for (int i = 0; i < size; i++) {
            items[i] = ~(int) heap[size - 1 - i];
        }
        return items;
    }

    /** Whole numbers in the order of the scores: those below 0 have their size the other way round. */
    private static int ordered(float score) {
        int bits = Float.floatToIntBits(score + 0f);
        return bits ^ bits >> Integer.SIZE - 1 & Integer.MAX_VALUE;
    }

    private static float score(long one) {
        int bits = (int) (one >> Integer.SIZE);
        return Float.intBitsToFloat(bits ^ bits >> Integer.SIZE - 1 & Integer.MAX_VALUE);
    }
}
