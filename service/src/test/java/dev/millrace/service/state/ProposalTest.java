package dev.millrace.service.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.service.state.StateRecord.Phase;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Edits, put to the record that is there one after the other. */
class ProposalTest {
    private static final String DAYS = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: days }
            spec:
              event:
                key: shop
                time: at
                fields:
                  shop: { type: string, required: true }
                  at:   { type: timestamp, required: true }
              transform:
                - window: { by: shop, over: [2d], precision: 1m, compute: { n: "count()" } }
            """;
    private static final String SHORTER = DAYS.replace("2d", "1d");
    private static final String LONGER = DAYS.replace("2d", "3d");
    private static final String LONGER_V2 = LONGER + "  state: { version: v2 }\n";
    private static final String LONGER_V3 = LONGER + "  state: { version: v3 }\n";

    private StateRecord record;
    private String refusal = "";

    @Test
    void what_is_declared_first_runs() {
        propose(DAYS);
        assertThat(record.running().name()).isEmpty();
        assertThat(record.phase()).isEqualTo(Phase.RUNNING);
        assertThat(record.declared().pipeline().declaration())
                .isEqualTo(pipeline(DAYS).declaration());
    }

    @Test
    void a_compatible_edit_runs_with_the_shape_of_the_state() {
        propose(DAYS);
        long chunk = chunk();
        propose(SHORTER);
        assertThat(refusal).isEmpty();
        assertThat(record.running().is(pipeline(SHORTER).declaration())).isTrue();
        assertThat(chunk()).isEqualTo(chunk);
        propose(DAYS);
        assertThat(refusal).contains("it needs events of the last 3d").contains("such as spec.state: { version: v2 }");
        assertThat(record.running().is(pipeline(SHORTER).declaration())).isTrue();
    }

    @Test
    void a_new_version_is_built_beside_and_takes_the_place_with_its_cutover() {
        propose(DAYS);
        propose(LONGER);
        assertThat(refusal).contains("window-shop");
        propose(LONGER_V2);
        assertThat(refusal).isEmpty();
        assertThat(record.phase()).isEqualTo(Phase.CATCHING_UP);
        assertThat(record.declared().is(pipeline(DAYS).declaration())).isTrue();

        record = record.stopping().draining(Map.of(0, 7L));
        assertThat(record.declared().is(pipeline(LONGER_V2).declaration())).isTrue();
        propose(DAYS);
        assertThat(refusal).contains("'v2' is just taking over");

        record = record.switched();
        assertThat(record.running().name()).isEqualTo("v2");
        assertThat(record.running().cutover()).containsEntry(0, 7L);
        assertThat(record.leaving()).isPresent();
        assertThat(record.cleared().leaving()).isEmpty();
        propose(DAYS);
        assertThat(refusal).contains("was used before").contains("such as v3");
    }

    @Test
    void a_version_that_is_being_built_is_given_up_by_the_old_declaration_or_for_another() {
        propose(DAYS);
        propose(LONGER_V2);
        propose(LONGER_V3);
        assertThat(record.next().orElseThrow().name()).isEqualTo("v3");
        assertThat(record.retired()).containsExactly("v2");
        assertThat(record.leaving().orElseThrow().name()).isEqualTo("v2");

        propose(DAYS);
        assertThat(refusal).isEmpty();
        assertThat(record.phase()).isEqualTo(Phase.RUNNING);
        assertThat(record.next()).isEmpty();
        assertThat(record.retired()).containsExactly("v2", "v3");
        propose(LONGER_V2);
        assertThat(refusal).contains("was used before");
    }

    @Test
    void what_no_state_makes_right_is_refused_whatever_version_it_names() {
        propose(DAYS);
        propose(LONGER_V2.replace("    key: shop\n", ""));
        assertThat(refusal).contains("event.key").doesNotContain("spec.state");
        assertThat(record.next()).isEmpty();
    }

    private void propose(String yaml) {
        Proposal proposal = new Proposal(pipeline(yaml), 4);
        record = proposal.to(record);
        refusal = proposal.refusal().orElse("");
    }

    private long chunk() {
        return record.running().layout().shapes().get("window-shop").chunk();
    }

    private static Pipeline pipeline(String yaml) {
        try {
            return Pipeline.of(DeclarationReader.read("days.yaml", yaml));
        } catch (InvalidDeclarationException e) {
            throw new AssertionError(e);
        }
    }
}
