package dev.millrace.model.stream;

/**
 * What a worker is doing.
 *
 * @param text for people; {@code scoring} if all is well
 * @param isReady whether this is no reason to send requests elsewhere
 */
record ScoringState(String text, boolean isReady) {
    static final ScoringState SCORING = new ScoringState("scoring", true);

    /** Something that another replica may do better, or that is about to pass. */
    static ScoringState holdingUp(String text) {
        return new ScoringState(text, false);
    }
}
