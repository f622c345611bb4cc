package dev.millrace.bench.serving;

/**
 * How JVMs were warmed up.
 *
 * @param rounds for how many rounds
 * @param steady whether nothing got faster any more
 */
public record Warmed(int rounds, boolean steady) {
    /** It as a part of a sentence. */
    public String text() {
        return rounds + " as a warm-up, "
                + (steady ? "until nothing got faster any more" : "after which it still got faster");
    }
}
