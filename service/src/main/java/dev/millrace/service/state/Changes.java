package dev.millrace.service.state;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.state.StateRecord.Phase;
import dev.millrace.service.topics.TopicProvisioner;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
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
        tell(proposal, record);
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

    private static void tell(Proposal proposal, StateRecord record) {
        String name = proposal.pipeline();
        proposal.remarks().forEach(remark -> LOG.warnf("pipeline %s: %s", name, remark));
        if (proposal.refusal().isEmpty() && record.phase() == Phase.CATCHING_UP) {
            LOG.infof(
                    "pipeline %s: state version '%s' is built beside '%s', which answers until then",
                    name, record.next().orElseThrow().name(), record.running().name());
        }
    }
}
