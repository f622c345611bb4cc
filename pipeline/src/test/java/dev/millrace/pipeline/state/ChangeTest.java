package dev.millrace.pipeline.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.PipelineDeclaration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Edits of one declaration, and what each means for the state. */
class ChangeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PARTITIONS = 4;

    private static final String ORDERS = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: orders }
            spec:
              event:
                id: id
                key: customer
                time: at
                fields:
                  id:       { type: string, required: true }
                  at:       { type: timestamp, required: true }
                  customer: { type: string, required: true }
                  terminal: { type: string, required: true }
                  amount:   { type: double, required: true }
                  note:     { type: string }
              quality:
                - { name: positive, check: "amount > 0.0", otherwise: reject }
              labels: { chargebacks: {}, refunds: { otherwise: "0" } }
              transform:
                - deduplicate: { within: 7d }
                - derive: { large: "amount > 100.0" }
                - window:
                    by: customer
                    over: [1d, 7d]
                    compute: { n: "count()", total: "sum(amount)", larges: "count() where large", mid: "quantile(amount, 0.5)" }
                - window:
                    by: terminal
                    over: [7d]
                    delay: 7d
                    labels: chargebacks
                    compute: { risk: "mean(label)" }
              sinks: []
            """;

    @Test
    void the_same_declaration_is_compatible_and_its_layout_the_same_after_a_round_trip_through_json() throws Exception {
        StateLayout layout = layout(ORDERS);
        StateLayout read = JSON.readValue(JSON.writeValueAsString(layout), StateLayout.class);

        assertThat(read).isEqualTo(layout);
        Change.Compatible change = (Change.Compatible) Change.of(read, layout);
        assertThat(change.remarks()).isEmpty();
        assertThat(change.layout()).isEqualTo(layout);
    }

    @Test
    void what_keeps_no_state_may_change() {
        assertCompatible("check: \"amount > 0.0\"", "check: \"amount > 1.0\"");
        assertCompatible("sinks: []", "model: { name: m }\n  sinks: []");
        assertCompatible("delay: 7d", "delay: 7d\n        publish: false");
        assertCompatible(
                "- window:\n        by: terminal", "- filter: \"amount > 5.0\"\n    - window:\n        by: terminal");
        assertCompatible("labels: { chargebacks: {}, refunds", "labels: { chargebacks: {}, disputes: {}, refunds");
    }

    @Test
    void a_field_that_is_added_before_the_deduplication_is_compatible_with_a_remark() {
        Change.Compatible change =
                compatible("note:     { type: string }", "note: { type: string }\n      tip: { type: double }");
        assertThat(change.remarks())
                .hasSize(2)
                .anySatisfy(remark -> assertThat(remark).contains("step deduplicate", "tip changed", "duplicate_id"));
        assertThat(change.remarks())
                .anySatisfy(remark -> assertThat(remark).contains("step window-terminal", "go on without tip"));
    }

    @Test
    void a_required_field_that_events_on_their_way_have_not_needs_a_new_state() {
        assertNeeds(
                "note:     { type: string }",
                "note: { type: string }\n      tip: { type: double, required: true }",
                "step window-terminal: events that are on their way to it could not be read: they have not the tip");
    }

    @Test
    void what_the_state_answers_fully_is_compatible() {
        assertCompatible("over: [1d, 7d]", "over: [1d]\n        precision: 1m");
        assertCompatible("over: [1d, 7d]", "over: [1d, 3d, 7d]");
        assertCompatible("over: [1d, 7d]", "session: { gap: 1d, at_most: 7d }\n        precision: 1m");
        assertCompatible("over: [1d, 7d]", "over: [1d, 7d]\n        allowed_lateness: 1h");
        assertCompatible("over: [1d, 7d]", "over: [1d, 5d]\n        delay: 2d");
        assertCompatible("delay: 7d", "delay: 3d");
        assertCompatible("within: 7d", "within: 1d");
        assertCompatible("total: \"sum(amount)\", ", "");
        assertCompatible("total: \"sum(amount)\"", "sum_of_amounts: \"sum(amount)\"");
        assertCompatible("quantile(amount, 0.5)", "quantile(amount, 0.9)");
        assertCompatible("n: \"count()\", total: \"sum(amount)\"", "total: \"sum(amount)\", n: \"count()\"");
    }

    @Test
    void a_longer_lateness_within_what_is_kept_is_compatible_with_a_remark() {
        Change.Compatible change = compatible("over: [1d, 7d]", "over: [1d, 5d]\n        allowed_lateness: 3d");
        assertThat(change.remarks())
                .contains("step window-customer: events that came later than 1d before the change stay uncounted");
    }

    @Test
    void what_the_state_has_not_needs_a_new_one() {
        assertNeeds(
                "over: [1d, 7d]",
                "over: [1d, 8d]",
                "step window-customer: it needs events of the last 9d",
                "has those of 8d");
        assertNeeds("over: [1d, 7d]", "over: [1h, 7d]", "its precision was 1m and is 1s now; with precision: 1m");
        assertNeeds(
                "over: [1d, 7d]", "over: [1d, 7d]\n        precision: exact", "its precision was 1m and is exact now");
        assertNeeds(
                "within: 7d", "within: 8d", "step deduplicate: an event was remembered for 7d and is to be for 8d now");
        assertNeeds(
                "within: 7d",
                "within: 7d, by: [customer, at]",
                "step deduplicate: its key was the event's id and is customer, at now");
        assertNeeds("n: \"count()\"", "n: \"count()\", m: \"mean(amount)\"", "compute m: it is new", "mean(amount)");
        assertNeeds(
                "total: \"sum(amount)\"",
                "total: \"sum(amount) where large\"",
                "compute total: it was sum(amount) and is sum(amount) where large now");
        assertNeeds("amount > 100.0", "amount > 200.0", "compute larges: it reads large, which is made in another way");
        assertNeeds(
                "labels: chargebacks",
                "labels: refunds",
                "step window-terminal: it counts the labels refunds now, and counted chargebacks before");
        assertNeeds(
                "chargebacks: {}",
                "chargebacks: { otherwise: \"1\" }",
                "an event without a label counted for 0.0 and counts for 1.0 now");
        assertNeeds(
                "at:       { type: timestamp",
                "at: { zone: Europe/Brussels, type: timestamp",
                "event.time: 'at' is in another time zone");
    }

    @Test
    void a_key_that_is_made_in_another_way_needs_a_new_state() {
        assertNeeds(
                "- derive: { large",
                "- tokenize: { fields: [terminal], secret: s }\n    - derive: { large",
                "step window-terminal: its key terminal is made in another way than before");
        assertNeeds(
                "transform:",
                "transform:\n    - tokenize: { fields: [customer], secret: s }",
                "step window-customer: its key customer is made in another way than before");
    }

    @Test
    void a_new_step_needs_a_new_state_and_one_whose_events_come_by_a_topic_can_not_be_dropped() {
        assertNeeds(
                "  sinks: []",
                "    - window: { by: note, over: [1d], compute: { notes: \"count()\" } }\n  sinks: []",
                "step window-note: it is new");
        int terminal = ORDERS.indexOf("    - window:\n        by: terminal");
        String without = ORDERS.substring(0, terminal) + "  sinks: []\n";
        assertThat(change(ORDERS, without))
                .isInstanceOfSatisfying(
                        Change.NeedsNewState.class,
                        needs -> assertThat(needs.reasons())
                                .containsExactly(
                                        "step window-terminal: events came to it by a topic; without the step, those that are in"
                                                + " it would be lost"));
    }

    @Test
    void a_step_that_is_dropped_comes_back_with_a_new_state_only() {
        String without = ORDERS.replace("    - deduplicate: { within: 7d }\n", "");
        Change.Compatible dropped = (Change.Compatible) change(ORDERS, without);
        assertThat(dropped.remarks())
                .singleElement()
                .asString()
                .contains("step deduplicate: its state is left as it is");

        assertThat(Change.of(dropped.layout(), layout(ORDERS))).isInstanceOf(Change.NeedsNewState.class);
    }

    @Test
    void a_feature_that_is_dropped_comes_back_with_a_new_state_only() {
        String without = ORDERS.replace("total: \"sum(amount)\", ", "");
        Change.Compatible dropped = (Change.Compatible) change(ORDERS, without);

        assertThat(Change.of(dropped.layout(), layout(ORDERS)))
                .isInstanceOfSatisfying(
                        Change.NeedsNewState.class,
                        needs -> assertThat(needs.reasons())
                                .singleElement()
                                .asString()
                                .contains(
                                        "compute total: it was dropped before, and nothing was counted for it since"));
        assertThat(Change.of(dropped.layout(), layout(without)))
                .isInstanceOfSatisfying(
                        Change.Compatible.class,
                        again -> assertThat(again.layout()).isEqualTo(dropped.layout()));
    }

    @Test
    void a_length_that_was_given_up_comes_back_with_a_new_state_only() {
        String shorter = ORDERS.replace("over: [1d, 7d]", "over: [1d]\n        precision: 1m");
        Change.Compatible change = (Change.Compatible) change(ORDERS, shorter);
        assertThat(Change.of(change.layout(), layout(ORDERS))).isInstanceOf(Change.NeedsNewState.class);
    }

    @Test
    void what_no_state_would_make_right_is_refused() {
        assertRefused("key: customer", "key: terminal", "event.key: it was 'customer' and is 'terminal' now");
        assertRefused("    key: customer\n", "", "event.key: it was 'customer' and is the event's id now");
        assertRefused("id: id", "id: note", "event.id: it was 'id' and is 'note' now, and the warehouse");
        assertRefused(
                "customer: { type: string", "customer: { type: integer", "event.key: 'customer' has another type");
        assertThat(Change.of(layout(ORDERS), StateLayout.of(pipeline(ORDERS), PARTITIONS + 1)))
                .isInstanceOfSatisfying(
                        Change.Refused.class,
                        refused -> assertThat(refused.reasons())
                                .singleElement()
                                .asString()
                                .contains("the topic raw has 5 partitions, and had 4"));
    }

    @Test
    void the_order_in_which_a_server_writes_keys_does_not_count() {
        String sorted = ORDERS.replace(
                "{ n: \"count()\", total: \"sum(amount)\", larges: \"count() where large\", mid: \"quantile(amount, 0.5)\" }",
                "{ larges: \"count() where large\", mid: \"quantile(amount, 0.5)\", n: \"count()\", total: \"sum(amount)\" }");
        assertThat(sorted).isNotEqualTo(ORDERS);
        Change.Compatible change = (Change.Compatible) change(ORDERS, sorted);
        assertThat(change.remarks()).isEmpty();
        assertThat(change.layout().shapes()).isEqualTo(layout(ORDERS).shapes());
    }

    @Test
    void a_pipeline_is_bound_to_the_state_that_it_goes_on_with() throws Exception {
        String without =
                ORDERS.replace("n: \"count()\", ", "").replace("over: [1d, 7d]", "over: [1d]\n        precision: 1m");
        Change.Compatible change = (Change.Compatible) change(ORDERS, without);

        Pipeline bound = Pipeline.of(declaration(without), change.layout().shapes());

        assertThat(StateLayout.of(bound, PARTITIONS).steps().get(1))
                .isInstanceOfSatisfying(
                        StepLayout.Window.class,
                        window -> assertThat(window.chunk())
                                .isEqualTo(((StepLayout.Window)
                                                layout(ORDERS).steps().get(1))
                                        .chunk()));
        assertThat(Map.copyOf(change.layout().shapes()).get("window-customer").cells())
                .extracting(cell -> cell.feature())
                .containsExactly("", "total", "larges", "mid");
    }

    @Test
    void a_state_from_before_chunks_went_round_is_gone_on_with_as_it_is() throws Exception {
        ObjectMapper json = new ObjectMapper();
        ObjectNode written = json.valueToTree(layout(ORDERS));
        written.get("steps").forEach(step -> ((ObjectNode) step).remove("places"));
        StateLayout before = json.treeToValue(written, StateLayout.class);

        Change change = Change.of(before, layout(ORDERS));

        assertThat(change)
                .isInstanceOfSatisfying(
                        Change.Compatible.class,
                        compatible -> assertThat(compatible.layout().shapes().get("window-customer"))
                                .satisfies(shape -> assertThat(shape.places()).isZero()));
        assertThat(layout(ORDERS).shapes().get("window-customer").places()).isPositive();
    }

    private static void assertCompatible(String before, String after) {
        assertThat(compatible(before, after)).isNotNull();
    }

    private static Change.Compatible compatible(String before, String after) {
        Change change = change(ORDERS, edited(before, after));
        assertThat(change).as("%s -> %s", before, after).isInstanceOf(Change.Compatible.class);
        return (Change.Compatible) change;
    }

    private static void assertNeeds(String before, String after, String... words) {
        assertThat(change(ORDERS, edited(before, after)))
                .as("%s -> %s", before, after)
                .isInstanceOfSatisfying(
                        Change.NeedsNewState.class,
                        needs -> assertThat(String.join("\n", needs.reasons())).contains(words));
    }

    private static void assertRefused(String before, String after, String words) {
        assertThat(change(ORDERS, edited(before, after)))
                .as("%s -> %s", before, after)
                .isInstanceOfSatisfying(
                        Change.Refused.class,
                        refused ->
                                assertThat(String.join("\n", refused.reasons())).contains(words));
    }

    private static String edited(String before, String after) {
        assertThat(ORDERS).contains(before);
        return ORDERS.replace(before, after);
    }

    private static Change change(String before, String after) {
        return Change.of(layout(before), layout(after));
    }

    private static StateLayout layout(String yaml) {
        return StateLayout.of(pipeline(yaml), PARTITIONS);
    }

    private static Pipeline pipeline(String yaml) {
        return Pipeline.of(declaration(yaml));
    }

    private static PipelineDeclaration declaration(String yaml) {
        try {
            return DeclarationReader.read("orders.yaml", yaml);
        } catch (Exception e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }
}
