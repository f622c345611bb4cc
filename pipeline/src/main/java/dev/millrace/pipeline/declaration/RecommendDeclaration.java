package dev.millrace.pipeline.declaration;

import java.util.List;
import java.util.Optional;

/** What makes a model one that recommends items. */
@Doc(
        "Makes the model one that recommends: it scores no events, so that clean ones go to the sinks as they are, and /predict"
                + " answers lists of items for users.")
public record RecommendDeclaration(
        @Doc(
                value =
                        "The feature of a window that is a user's history: recent(item, n) of a field that names the item, by"
                                + " the field that names the user.",
                example = "history",
                pattern = EventDeclaration.FIELD_NAME)
        String history,

        @Doc(
                value =
                        "Clean fields that tell of the item: what a request's where can ask for, and titles in answers. Each item"
                                + " has the values of its latest event before training.",
                example = "[title, category, price]")
        List<String> attributes,

        @Doc(
                value =
                        "What is popular for users of whom nothing is known: how many users chose an item in this time before"
                                + " the latest event that a version was trained on. Default: 30d.",
                example = "30d",
                pattern = TrainingDeclaration.DAYS)
        Optional<String> popular,

        @Doc(
                value =
                        "A clean number that tells how popular an item is now, asked of the live features: what a window by the"
                                + " field that names the item computes, or what is derived of such, which can give the last day"
                                + " more weight than the last month. Where nothing was counted, and without it, what was popular"
                                + " before the last training holds.",
                example = "views_7d",
                pattern = EventDeclaration.FIELD_NAME)
        Optional<String> popular_now,

        @Doc(
                value =
                        "What an interaction counts for in training: an expression of clean fields that gives a number. Of"
                                + " several of one user and item the greatest holds; of 0 or less, it is not learned from. Lists"
                                + " are made of what a user chose last, whatever it counts for. Default: 1 for each.",
                example = "\"kind == 'purchase' ? 2.0 : 1.0\"")
        Optional<String> weight) {
    private static final int POPULAR_DAYS = 30;

    /** The days in which popularity is counted. */
    public int popularDays() {
        return TrainingDeclaration.days(popular, POPULAR_DAYS);
    }
}
