package dev.millrace.model.recommend;

/**
 * An item on a list.
 *
 * @param item its number
 * @param score its score
 * @param because which item of the history adds most to it, by its place there; -1 where there is no history
 * @param effect what that item adds to the score
 */
public record Ranked(int item, double score, int because, double effect) {
    /** Without a reason. */
    static Ranked popular(int item, double score) {
        return new Ranked(item, score, -1, 0);
    }
}
