package dev.millrace.service.state;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.PipelineDeclaration;
import dev.millrace.pipeline.state.Change;
import dev.millrace.pipeline.state.StateLayout;
import dev.millrace.service.state.StateRecord.Phase;
import dev.millrace.service.state.StateRecord.Version;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A declaration on its way into the book; it may be put to one record after the other. Confined to one thread. */
final class Proposal {
    private final PipelineDeclaration declaration;
    private final String version;
    private final StateLayout needed;
    private List<String> remarks = List.of();
    private Optional<String> refusal = Optional.empty();

    Proposal(Pipeline declared, int partitions) {
        this.declaration = declared.declaration();
        this.version = declared.stateVersion();
        this.needed = StateLayout.of(declared, partitions);
    }

    String pipeline() {
        return declaration.metadata().name();
    }

    /** Why the declaration does not run, if it does not. */
    Optional<String> refusal() {
        return refusal;
    }

    /** What its author should know of the change, where it is made. */
    List<String> remarks() {
        return remarks;
    }

    /** What the record becomes; the same where the declaration is refused, or there already. */
    StateRecord to(StateRecord record) {
        remarks = List.of();
        refusal = Optional.empty();
        if (record == null) {
            return StateRecord.first(Version.of(declaration, needed));
        }
        if (record.declared().is(declaration) && record.phase() != Phase.CATCHING_UP
                || record.next().filter(next -> next.is(declaration)).isPresent()) {
            return record;
        }
        if (record.phase() == Phase.STOPPING || record.phase() == Phase.DRAINING) {
            refusal = Optional.of("state version '"
                    + record.next().orElseThrow().name() + "' is just taking over; declare this again when it has");
            return record;
        }
        if (Change.of(record.running().layout(), needed) instanceof Change.Refused refused) {
            refuse(refused.reasons(), "");
            return record;
        }
        if (version.equals(record.running().name())) {
            StateRecord alone = record.next().isPresent() ? record.alone() : record;
            return goOn(record, record.running()).map(alone::running).orElse(record);
        }
        if (record.next().filter(next -> next.name().equals(version)).isPresent()) {
            return goOn(record, record.next().get()).map(record::next).orElse(record);
        }
        if (record.retired().contains(version)) {
            refuse(
                    List.of("the state version '" + version + "' was used before, and its state is gone or old"),
                    "; name one that was not used yet, such as " + fresh(record));
            return record;
        }
        return record.beside(Version.of(declaration, needed));
    }

    private Optional<Version> goOn(StateRecord record, Version with) {
        Change change = Change.of(with.layout(), needed);
        if (change instanceof Change.Compatible compatible) {
            remarks = compatible.remarks();
            return Optional.of(with.goingOn(declaration, compatible.layout()));
        } else if (change instanceof Change.NeedsNewState needs) {
            refuse(
                    needs.reasons(),
                    "\nto have the state built anew beside the old one, name a new version, such as"
                            + " spec.state: { version: " + fresh(record) + " }");
        } else if (change instanceof Change.Refused refused) {
            refuse(refused.reasons(), "");
        }
        return Optional.empty();
    }

    /** A name that was not used yet. */
    private String fresh(StateRecord record) {
        int number = record.retired().size() + 2;
        while (record.retired().contains("v" + number) || version.equals("v" + number)) {
            number++;
        }
        return "v" + number;
    }

    private void refuse(List<String> reasons, String hint) {
        refusal = Optional.of("the change can not be made with the state that is there:\n"
                + reasons.stream().map(reason -> "- " + reason).collect(Collectors.joining("\n")) + hint);
    }
}
