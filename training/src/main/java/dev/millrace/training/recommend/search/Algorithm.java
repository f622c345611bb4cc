package dev.millrace.training.recommend.search;

import java.util.Locale;

/** What recommends. */
public enum Algorithm {
    /** What most users chose. */
    POPULARITY,
    /** Item-item weights in closed form. */
    EASE,
    /** Factors of users and items. */
    ALS,
    /** Item-item weights that know the order, in closed form. */
    NEXT;

    /** Its name as people write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
