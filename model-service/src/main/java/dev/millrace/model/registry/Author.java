package dev.millrace.model.registry;

import java.util.Optional;

/**
 * Who changes the registry, and why, as they say it themselves: whoever holds the token may say any name.
 *
 * @param name who
 * @param why why, if they say it
 */
record Author(String name, Optional<String> why) {
    static final String UNKNOWN = "unknown";

    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_REASON = 1000;

    Author {
        name = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
        why = why.filter(text -> !text.isBlank())
                .map(text -> text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) : text);
    }

    /** The author of that name and reason, either of which may be null or blank. */
    static Author of(String name, String why) {
        return new Author(name == null || name.isBlank() ? UNKNOWN : name, Optional.ofNullable(why));
    }
}
