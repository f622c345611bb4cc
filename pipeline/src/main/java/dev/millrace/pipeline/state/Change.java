package dev.millrace.pipeline.state;

import java.util.List;

/** What a changed declaration means for the state that is there. */
public sealed interface Change {
    /**
     * It goes on with the state.
     *
     * @param layout what the state is built from, from now on
     * @param remarks what its author should know all the same
     */
    record Compatible(StateLayout layout, List<String> remarks) implements Change {}

    /**
     * The state has not what it needs, and has to be built anew, under a version of another name.
     *
     * @param reasons why, each with the step and what differs
     */
    record NeedsNewState(List<String> reasons) implements Change {}

    /**
     * No state would make it right.
     *
     * @param reasons why, and what to do instead
     */
    record Refused(List<String> reasons) implements Change {}

    /** The change from a state of that layout to what a declaration needs. */
    static Change of(StateLayout state, StateLayout needed) {
        return new Comparison(state, needed).change();
    }
}
