package dev.millrace.model.predict;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the effects of reasons are parts of. */
public enum ReasonsScale {
    /** The score. */
    @JsonProperty("score")
    SCORE,
    /** The logarithm of the score's odds: ln(score / (1 - score)). */
    @JsonProperty("log_odds")
    LOG_ODDS
}
