package dev.millrace.simulator.shop;

import java.time.LocalDateTime;
import java.util.Locale;

/**
 * What a user did with an item.
 *
 * @param id from 1, in the order of time
 * @param at when
 * @param userId from 1
 * @param itemId from 1
 * @param kind what it was
 * @param rating 1 to 5 for a rating, else 0
 */
public record Interaction(long id, LocalDateTime at, int userId, int itemId, Kind kind, int rating) {
    /** Kinds of interactions. */
    public enum Kind {
        /** Looked at. */
        VIEW,
        /** Bought, in the visit in which it was viewed. */
        PURCHASE,
        /** Rated, some days after the purchase. */
        RATING;

        /** As events say it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
