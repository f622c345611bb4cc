package dev.millrace.model.predict;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A list for one input. */
public record Recommendation(
        @JsonProperty("list_id")
        @Schema(
                description =
                        "The list's own name, by which an application can say that something was chosen from it: it is the"
                                + " list's id among the predictions as well.",
                examples = "6f0c1c8e-5d0b-4a53-9d3c-0f1c8a6a2f10")
        String listId,

        @Schema(
                description =
                        "What the list goes by: the user's history, the item that was asked about, or, where nothing is"
                                + " known of either, what is popular.",
                examples = "history")
        Basis basis,

        @Schema(description = "The items, the best first; fewer than k where there are no more to list.")
        List<Listed> items,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Schema(
                description =
                        "Of a popular list: whether it goes by what is popular now, which the pipeline's windows tell, or"
                                + " by what was popular before the version was trained.",
                implementation = Popularity.class,
                examples = "now")
        Optional<Popularity> popularity,

        @JsonProperty("popularity_as_of")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Schema(
                description = "When the windows were asked what is popular now.",
                implementation = Instant.class,
                examples = "2026-03-01T03:12:00.041Z")
        Optional<Instant> popularityAsOf,

        @JsonProperty("features_as_of")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Schema(
                description =
                        "When the newest interaction was accepted that is counted where this user's are; there only"
                                + " where a user's history was asked for and something was counted.",
                implementation = Instant.class,
                examples = "2026-03-01T03:12:00.041Z")
        Optional<Instant> featuresAsOf,

        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Schema(
                description = "The user's history, the latest first, where features was true in the request.",
                implementation = List.class)
        Optional<List<String>> history,

        @JsonProperty("made_by")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @Schema(description = "The version that made it, where that is another than the answer's own.")
        Optional<MadeList> madeBy) {

    /** What a list goes by. */
    public enum Basis {
        /** What the user chose. */
        HISTORY,
        /** An item. */
        ITEM,
        /** Nothing but what many chose. */
        POPULAR;

        /** Its name in answers. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Since when a popular list's popularity is. */
    public enum Popularity {
        /** What is counted in the stream. */
        NOW,
        /** What was counted before the version was trained. */
        TRAINING;

        /** Its name in answers. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** An item on a list. */
    public record Listed(
            @Schema(description = "The item.", examples = "p60")
            String item,

            @Schema(
                    description =
                            "Its score, to be compared within this list only; of a popular list, how popular it is now, as the"
                                    + " pipeline declares it, or how many users chose it before the training.",
                    examples = "0.41")
            double score,

            @JsonInclude(JsonInclude.Include.NON_EMPTY)
            @Schema(description = "What is known of the item: the attributes that the pipeline declares.")
            Map<String, Object> attributes,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Schema(description = "Why it is listed.")
            List<Because> reasons) {}

    /** An item of the history. */
    public record Because(
            @JsonProperty("because_of")
            @Schema(description = "The item of the history that adds most to the score.", examples = "p12")
            String item,

            @Schema(description = "What it adds to the score.", examples = "0.23")
            double effect,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @Schema(description = "What is known of it.")
            Map<String, Object> attributes) {}

    /** Which version made a list, as what. */
    public record MadeList(String version, String route) {}

    Recommendation by(MadeList other) {
        return new Recommendation(
                listId, basis, items, popularity, popularityAsOf, featuresAsOf, history, Optional.of(other));
    }
}
