package dev.millrace.service.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.DeclarationWriter;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.declaration.PipelineDeclaration;
import dev.millrace.pipeline.declaration.StateDeclaration;
import dev.millrace.pipeline.state.StateLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known durably of a pipeline's state. All services and replicas go by it. Immutable.
 *
 * @param phase where a change to a new version of the state stands
 * @param running the declaration that answers, or answered last
 * @param next the declaration that takes its place with a state of its own
 * @param leaving a version that is gone, and whose state is to be deleted
 * @param retired names of versions that were used before
 */
public record StateRecord(
        Phase phase, Version running, Optional<Version> next, Optional<Version> leaving, List<String> retired) {
    public StateRecord {
        retired = List.copyOf(retired);
    }

    /** Where a change to a new version of the state stands. */
    public enum Phase {
        /** There is one version, and it answers. */
        RUNNING,
        /** The next version reads raw behind the running one, and says nothing. */
        CATCHING_UP,
        /** The running version is being stopped everywhere; nobody answers. */
        STOPPING,
        /** The running version reads raw up to the cutover, and works off what stands between its steps. */
        DRAINING
    }

    /**
     * A declaration, and the state that goes with it.
     *
     * @param name the name of the version; empty for none
     * @param declaration as JSON
     * @param layout what the state is built from
     * @param cutover of each partition of raw, the offset from which on it answers; below it, another version did
     */
    public record Version(String name, String declaration, StateLayout layout, Map<Integer, Long> cutover) {
        public Version {
            cutover = Map.copyOf(cutover);
        }

        static Version of(PipelineDeclaration declaration, StateLayout layout) {
            String name = declaration
                    .spec()
                    .state()
                    .flatMap(StateDeclaration::version)
                    .orElse("");
            return new Version(name, DeclarationWriter.write(declaration), layout, Map.of());
        }

        /** With another declaration, going on with this one's state. */
        Version goingOn(PipelineDeclaration other, StateLayout with) {
            return new Version(name, DeclarationWriter.write(other), with, cutover);
        }

        Version from(Map<Integer, Long> offsets) {
            return new Version(name, declaration, layout, offsets);
        }

        /** The pipeline, bound to that state. */
        public Pipeline pipeline() {
            return Pipeline.of(read(), layout.shapes());
        }

        /** Whether it is that declaration. */
        public boolean is(PipelineDeclaration other) {
            return declaration.equals(DeclarationWriter.write(other));
        }

        private PipelineDeclaration read() {
            try {
                return DeclarationReader.read("the declaration that ran last", declaration);
            } catch (InvalidDeclarationException e) {
                throw new IllegalStateException(
                        "the declaration that ran last can not be read by this version of Millrace: " + e.getMessage(),
                        e);
            }
        }
    }

    static StateRecord first(Version version) {
        return new StateRecord(Phase.RUNNING, version, Optional.empty(), Optional.empty(), List.of());
    }

    StateRecord running(Version version) {
        return new StateRecord(phase, version, next, leaving, retired);
    }

    StateRecord next(Version version) {
        return new StateRecord(phase, running, Optional.of(version), leaving, retired);
    }

    /** With another version beside the running one, or in place of the one that was. */
    StateRecord beside(Version version) {
        StateRecord before = next.isPresent() ? alone() : this;
        return new StateRecord(Phase.CATCHING_UP, running, Optional.of(version), before.leaving, before.retired);
    }

    /** Without the next version. */
    StateRecord alone() {
        return new StateRecord(Phase.RUNNING, running, Optional.empty(), next, with(next.orElseThrow()));
    }

    private List<String> with(Version gone) {
        List<String> names = new ArrayList<>(retired);
        names.add(gone.name());
        return names;
    }

    /** With the running version being stopped. */
    public StateRecord stopping() {
        return new StateRecord(Phase.STOPPING, running, next, leaving, retired);
    }

    /** With the running version reading raw up to there, and working off what is between its steps. */
    public StateRecord draining(Map<Integer, Long> upTo) {
        return new StateRecord(Phase.DRAINING, running, next.map(version -> version.from(upTo)), leaving, retired);
    }

    /** With the next version answering from its cutover on. */
    public StateRecord switched() {
        return new StateRecord(
                Phase.RUNNING, next.orElseThrow(), Optional.empty(), Optional.of(running), with(running));
    }

    /** With the state of the version that is gone deleted. */
    public StateRecord cleared() {
        return new StateRecord(phase, running, next, Optional.empty(), retired);
    }

    /** The version that other stages go by: the next one once the running one reads no more. */
    @JsonIgnore
    public Version declared() {
        return phase == Phase.RUNNING || phase == Phase.CATCHING_UP ? running : next.orElseThrow();
    }
}
