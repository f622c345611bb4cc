package dev.millrace.transform.command;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.state.Change;
import dev.millrace.pipeline.state.StateLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether one declaration can take the place of another, in words.
 *
 * @param isPossible whether it can
 * @param lines the verdict, and the reasons
 */
record Replacement(boolean isPossible, List<String> lines) {
    /**
     * The verdict on that change.
     *
     * @throws IllegalArgumentException if they are of two pipelines
     */
    static Replacement of(Declared running, Declared edited, int partitions) {
        Pipeline before = running.pipeline();
        Pipeline after = edited.pipeline();
        if (!before.name().equals(after.name())) {
            throw new IllegalArgumentException("'" + after.name() + "' and '" + before.name()
                    + "' are two pipelines; none takes the place of the other");
        }
        Change change = Change.of(StateLayout.of(before, partitions), StateLayout.of(after, partitions));
        boolean sameState = before.stateVersion().equals(after.stateVersion());
        if (change instanceof Change.Refused refused) {
            return new Replacement(false, lines("refused: no state would make it right", refused.reasons()));
        } else if (!sameState) {
            List<String> reasons = change instanceof Change.NeedsNewState needs ? needs.reasons() : List.of();
            return new Replacement(
                    true,
                    lines(
                            "new state: version '" + after.stateVersion() + "' is built beside '"
                                    + before.stateVersion() + "', and answers once it has caught up",
                            reasons));
        } else if (change instanceof Change.NeedsNewState needs) {
            return new Replacement(
                    false,
                    lines(
                            "needs new state: name a new version of it, such as spec.state: { version: v2 }",
                            needs.reasons()));
        }
        return new Replacement(
                true,
                lines("compatible: it goes on with the state that is there", ((Change.Compatible) change).remarks()));
    }

    private static List<String> lines(String verdict, List<String> reasons) {
        List<String> lines = new ArrayList<>(List.of(verdict));
        reasons.forEach(reason -> lines.add("  " + reason));
        return lines;
    }
}
