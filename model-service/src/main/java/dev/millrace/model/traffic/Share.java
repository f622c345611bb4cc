package dev.millrace.model.traffic;

/**
 * A share of all keys, always the same ones: each key has its place between 0 and 100, which nothing but its text and the
 * model's name decides, and the share is of those below a bound. So who is in stays in while the share grows, and all
 * replicas, the stream and {@code /predict} agree. Immutable.
 *
 * @param model the model's name; the keys of one model's share are others than those of another's
 * @param percent the bound
 */
record Share(String model, double percent) {
    private static final long OFFSET = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;
    private static final double PLACES = 1L << 53;

    boolean has(String key) {
        return place(key) < percent;
    }

    /** Between 0 and 100: FNV-1a over the characters, then the finish of SplitMix64, as FNV's high bits hardly move. */
    double place(String key) {
        long hash = add(add(OFFSET, model), "/");
        hash = add(hash, key);
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        hash ^= hash >>> 31;
        return (hash >>> 11) / PLACES * 100;
    }

    private static long add(long hash, String text) {
        long sum = hash;
        for (int i = 0; i < text.length(); i++) {
            sum = (sum ^ text.charAt(i)) * PRIME;
        }
        return sum;
    }
}
