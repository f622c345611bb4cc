package dev.millrace.training.sample;

import java.util.Arrays;
import java.util.Objects;

/**
 * An event and what became known of it later.
 *
 * @param json the event as it came; not copied
 * @param positive whether its label is positive
 */
public record LabelledEvent(byte[] json, boolean positive) {
    @Override
    public boolean equals(Object other) {
        return other instanceof LabelledEvent event && positive == event.positive && Arrays.equals(json, event.json);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(json), positive);
    }

    @Override
    public String toString() {
        return "LabelledEvent[" + json.length + " bytes, " + (positive ? "positive" : "negative") + "]";
    }
}
