package dev.millrace.service.state;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.PipelineDeclaration;
import dev.millrace.pipeline.state.Change;
import dev.millrace.pipeline.state.StateLayout;
import dev.millrace.service.state.StateRecord.Phase;
import dev.millrace.service.state.StateRecord.Version;
import dev.millrace.service.topics.TopicProvisioner;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Decides whether a declaration takes the place of the one that runs. Thread-safe. */
@ApplicationScoped
public class Changes {
    private static final Logger LOG = Logger.getLogger(Changes.class);

    private final StateBook book;
    private final TopicProvisioner topics;

    Changes(StateBook book, TopicProvisioner topics) {
        this.book = book;
        this.topics = topics;
    }

    /**
     * Proposes a declaration that is new or changed here. Its topics exist where it never ran before.
     *
     * @throws RuntimeException if the broker did not answer
     */
    public Ruling propose(Pipeline declared) {
        Proposal proposal =
                new Proposal(declared, topics.partitionsOf(declared.topics().raw()));
        StateRecord record = book.change(declared.name(), proposal::to).orElseThrow();
        proposal.tell(record);
        return new Ruling(record.declared().pipeline(), proposal.refusal());
    }

    /**
     * What is to run in place of that one by now, whoever proposed it; nothing if it is still that.
     *
     * @throws RuntimeException if the broker did not answer
     */
    public Optional<Pipeline> insteadOf(Pipeline running) {
        return Optional.ofNullable(book.latest().get(running.name()))
                .map(StateRecord::declared)
                .filter(declared -> !declared.is(running.declaration()))
                .map(StateRecord.Version::pipeline);
    }

    /** One declaration on its way into the book; it may be put to it again and again. */
    private static final class Proposal {
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

        Optional<String> refusal() {
            return refusal;
        }

        void tell(StateRecord record) {
            String name = declaration.metadata().name();
            remarks.forEach(remark -> LOG.warnf("pipeline %s: %s", name, remark));
            if (refusal.isEmpty() && record.phase() == Phase.CATCHING_UP) {
                LOG.infof(
                        "pipeline %s: state version '%s' is built beside '%s', which answers until then",
                        name, version, record.running().name());
            }
        }

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
}
