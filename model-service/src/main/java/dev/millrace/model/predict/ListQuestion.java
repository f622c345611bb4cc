package dev.millrace.model.predict;

import dev.millrace.pipeline.declaration.RecentHistory;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An input that asks for a list, with what is known of its user.
 *
 * @param recent what users and items are called
 * @param chosen the history, or the item that is asked about
 * @param asOf when the newest event was accepted that the history knows of
 * @param key what decides who answers
 * @param user the user as clean events name them; nothing where none is asked about
 * @param index the input's place in the request
 */
record ListQuestion(
        RecommendInput input,
        RecentHistory recent,
        List<String> chosen,
        Optional<Instant> asOf,
        String key,
        Optional<String> user,
        int index) {

    /** What was asked, by the names of {@code /predict}; what nobody said is left out. */
    Map<String, Object> inputs() {
        Map<String, Object> inputs = new LinkedHashMap<>();
        user.ifPresent(name -> inputs.put(recent.user(), name));
        input.item().ifPresent(name -> inputs.put(recent.item(), name));
        if (!input.excludeSeen()) {
            inputs.put("exclude_seen", false);
        }
        input.where().ifPresent(condition -> inputs.put("where", condition));
        return inputs;
    }
}
