package dev.millrace.pipeline.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.pipeline.Pipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeclarationReaderTest {
    private static final String VALID = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: orders }
            spec:
              event:
                id: order_id
                time: at
                fields:
                  order_id: { type: string, required: true }
                  at:       { type: timestamp, required: true }
                  amount:   { type: decimal, required: true }
                  shop:     { type: string }
              quality:
                - { name: positive, check: "amount > 0.0", otherwise: reject }
              transform:
                - derive: { large: "amount > 100.0" }
              sinks:
                - postgres:
                    fact: { table: fact_order }
                    dimensions:
                      dim_shop: { key: shop }
            """;

    @Test
    void reads_the_example_that_is_shipped() throws Exception {
        String yaml = Files.readString(Path.of("../examples/card-fraud/pipeline.yaml"));

        Pipeline pipeline = Pipeline.of(DeclarationReader.read("pipeline.yaml", yaml));

        assertThat(pipeline.name()).isEqualTo("card-fraud");
        assertThat(pipeline.cleanReader().schema().names())
                .startsWith(
                        "transaction_id",
                        "tx_datetime",
                        "customer_id",
                        "terminal_id",
                        "tx_amount",
                        "is_night",
                        "is_weekend",
                        "customer_count_1d")
                .contains("customer_deviation_30d", "terminal_frauds_14d")
                .endsWith("terminal_unexplained_21d", "terminal_unexplained_30d", "quality_flags");
        assertThat(pipeline.topicToLoad()).isEqualTo("millrace.card-fraud.scored");
    }

    @Test
    void reports_fields_that_an_event_does_not_tell_apart() {
        String yaml = VALID.replace("shop:     { type: string }", "shop: { type: string, from: amount }");

        assertThat(mistakes(yaml))
                .singleElement()
                .asString()
                .contains("spec.event.fields.shop.from: 'amount' is what field 'amount' is read from already");
    }

    @Test
    void reports_every_mistake_with_its_place_and_a_suggestion() {
        String yaml = VALID.replace("type: decimal", "type: decimall")
                .replace("otherwise: reject", "otherwise: drop")
                .replace("sinks:", "sink:");

        assertThat(mistakes(yaml))
                .containsExactly(
                        "orders.yaml:11:25: spec.event.fields.amount.type: expected one of string, integer, decimal,"
                                + " double, boolean, timestamp, date, json, got 'decimall'. Did you mean 'decimal'?",
                        "orders.yaml:14:59: spec.quality[0].otherwise: expected one of reject, flag, got 'drop'",
                        "orders.yaml:17:3: spec.sink: unknown key 'sink'; known here: event, sources, quality,"
                                + " transform, labels, state, model, sinks. Did you mean 'sinks'?");
    }

    @Test
    void reports_what_is_wrong_with_names_and_with_expressions_together() {
        String yaml = VALID.replace("time: at", "tme: att")
                .replace("otherwise: reject", "otherwise: drop")
                .replace("quality:", "qualty:")
                .replace("amount > 0.0", "amuont > 0.0")
                .replace("- derive:", "- drive:")
                .replace("amount > 100.0", "amount > shop")
                .replace("key: shop", "key: shopp");

        assertThat(mistakes(yaml))
                .satisfiesExactly(
                        unknown -> assertThat(unknown)
                                .startsWith("orders.yaml:7:5: spec.event.tme: unknown key")
                                .endsWith("Did you mean 'time'?"),
                        time -> assertThat(time)
                                .startsWith("orders.yaml:7:10: spec.event.time: no field 'att'")
                                .endsWith("Did you mean 'at'?"),
                        quality -> assertThat(quality)
                                .startsWith("orders.yaml:13:3: spec.qualty: unknown key")
                                .endsWith("Did you mean 'quality'?"),
                        check -> assertThat(check)
                                .startsWith("orders.yaml:14:32: spec.quality[0].check: unknown field")
                                .endsWith("Did you mean 'amount'?"),
                        otherwise -> assertThat(otherwise)
                                .startsWith("orders.yaml:14:59: spec.quality[0].otherwise: expected"),
                        step -> assertThat(step)
                                .startsWith("orders.yaml:16:7: spec.transform[0].drive: expected one of the kinds")
                                .endsWith("Did you mean 'derive'?"),
                        derived -> assertThat(derived)
                                .startsWith("orders.yaml:16:")
                                .contains("spec.transform[0].derive.large"),
                        key -> assertThat(key)
                                .startsWith("orders.yaml:21:28: spec.sinks[0]")
                                .endsWith("Did you mean 'shop'?"));
    }

    @Test
    void reports_no_mistake_that_only_follows_from_another() {
        assertThat(mistakes(VALID.replace("type: decimal", "type: money")))
                .singleElement()
                .asString()
                .contains("spec.event.fields.amount.type", "got 'money'");
        assertThat(mistakes(VALID.replace("time: at", "thyme: at")))
                .singleElement()
                .asString()
                .contains("unknown key 'thyme'", "Did you mean 'time'?");
        assertThat(mistakes(VALID.replace("time: at", "time: shop")
                        .replace("- derive: { large: \"amount > 100.0\" }", "- select: [order_id, amount]")))
                .anyMatch(mistake -> mistake.contains("spec.event.time: expected a field of type timestamp"))
                .noneMatch(mistake -> mistake.contains("Exception"));
    }

    @Test
    void reads_which_kinds_of_models_are_trained_and_when_by_themselves() throws Exception {
        String yaml = VALID.replace(
                "  sinks:",
                "  labels: { refunds: {} }\n  model: { name: m, training: { kinds: [boosted_trees],"
                        + " on_drift: { psi: \"0.3\", cooldown: 14d } } }\n  sinks:");

        TrainingDeclaration training = DeclarationReader.read("orders.yaml", yaml)
                .spec()
                .model()
                .orElseThrow()
                .training()
                .orElseThrow();

        assertThat(training.kinds()).containsExactly(ModelKind.BOOSTED_TREES);
        assertThat(training.on_drift().orElseThrow().effectivePsi()).isEqualTo(0.3);
        assertThat(training.on_drift().orElseThrow().effectiveCooldown()).isEqualTo(Duration.ofDays(14));
        assertThat(mistakes(yaml.replace("boosted_trees", "boosted").replace("14d", "14h")))
                .anyMatch(mistake -> mistake.contains("spec.model.training.kinds[0]: expected one of"
                        + " logistic_regression, random_forest, boosted_trees, got 'boosted'"))
                .anyMatch(mistake -> mistake.contains("spec.model.training.on_drift.cooldown: expected a text"));
    }

    @Test
    void reads_who_else_scores_for_a_model() throws Exception {
        String yaml = VALID.replace(
                "  sinks:",
                "  model: { name: m, canary: { alias: challenger, percent: 10, by: shop }, shadow: { alias: candidate },"
                        + " fallback: { score: 0.5 } }\n  sinks:");

        PipelineDeclaration declaration = DeclarationReader.read("orders.yaml", yaml);

        assertThat(declaration.spec().model())
                .contains(new ModelReference(
                        "m",
                        Optional.empty(),
                        Optional.of(new ModelReference.Canary("challenger", 10, Optional.of("shop"))),
                        Optional.of(new ModelReference.Shadow("candidate")),
                        Optional.of(new FallbackDeclaration.Score(0.5)),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(DeclarationReader.read("orders.json", DeclarationWriter.write(declaration)))
                .isEqualTo(declaration);
    }

    @Test
    void names_what_is_wrong_with_a_model_that_recommends() throws Exception {
        String window = "    - window: { by: shop, over: [30d], compute: { history: \"recent(order_id, 50)\","
                + " n: count() } }\n  sinks:";
        String recommends = VALID.replace("  sinks:", window)
                .replace(
                        "  sinks:",
                        "  model: { name: m, recommend: { history: history, attributes: [amount] },"
                                + " training: { gates: { recall_at_20: \">= popularity\" } } }\n  sinks:");

        Pipeline pipeline = Pipeline.of(DeclarationReader.read("orders.yaml", recommends));
        assertThat(pipeline.isScored()).isFalse();
        assertThat(pipeline.topicToLoad()).isEqualTo(pipeline.topics().clean());
        assertThat(RecentHistory.of(pipeline.declaration().spec(), "history"))
                .contains(new RecentHistory("shop", "order_id", Optional.empty(), 50));
        assertThat(mistakes(recommends.replace("history: history", "history: n")))
                .anySatisfy(
                        mistake -> assertThat(mistake).contains("recommend.history: expected a feature of a window"));
        assertThat(mistakes(recommends.replace("[amount]", "[amuont]")))
                .anySatisfy(mistake -> assertThat(mistake).contains("attributes[0]", "Did you mean 'amount'?"));
        assertThat(mistakes(recommends.replace("history: history,", "history: history, popular_now: n,")))
                .anySatisfy(mistake -> assertThat(mistake)
                        .contains(
                                "popular_now: expected a feature of a window by 'order_id'", "of a window by 'shop'"));
        assertThat(mistakes(recommends.replace("history: history,", "history: history, popular_now: history,")))
                .anySatisfy(mistake -> assertThat(mistake).contains("popular_now: expected a number"));
        assertThat(mistakes(recommends.replace("history: history,", "history: history, weight: amuont > 1.0,")))
                .anySatisfy(mistake -> assertThat(mistake).contains("recommend.weight", "Did you mean 'amount'?"));
        assertThat(mistakes(recommends.replace("history: history,", "history: history, weight: shop,")))
                .anySatisfy(mistake ->
                        assertThat(mistake).contains("recommend.weight: expected an expression that is a number"));
        assertThat(mistakes(recommends.replace("recall_at_20", "brier")))
                .anySatisfy(mistake -> assertThat(mistake).contains("a model that recommends is measured by"));
        assertThat(mistakes(recommends.replace("name: m,", "name: m, fallback: { score: 0.5 },")))
                .anySatisfy(mistake ->
                        assertThat(mistake).contains("spec.model.fallback.score: a model that recommends has none"));
        assertThat(mistakes(recommends.replace("(order_id, 50)", "(order_id, 0)")))
                .anySatisfy(mistake -> assertThat(mistake).contains("how many values to keep, from 1 to 1000"));
        assertThat(mistakes(recommends.replace("(order_id, 50)", "(amount, 5)")))
                .anySatisfy(mistake -> assertThat(mistake).contains("expected a text or a whole number"));
    }

    @Test
    void names_what_is_wrong_with_who_else_scores() {
        String model =
                "  model: { name: m, canary: { alias: champion, percent: 101, by: shopp }, shadow: { alias: champion },"
                        + " fallback: { alias: champion } }\n  sinks:";

        assertThat(mistakes(VALID.replace("  sinks:", model)))
                .anySatisfy(mistake -> assertThat(mistake).contains("canary.percent: expected a share from 0 to 100"))
                .anySatisfy(mistake -> assertThat(mistake).contains("canary.alias: expected another alias"))
                .anySatisfy(mistake -> assertThat(mistake).contains("canary.by", "Did you mean 'shop'?"))
                .anySatisfy(mistake -> assertThat(mistake).contains("shadow.alias: expected another alias"))
                .anySatisfy(mistake -> assertThat(mistake).contains("fallback.alias: expected another alias"));
        assertThat(mistakes(VALID.replace(
                        "  sinks:", "  model: { name: m, canary: { alias: c, percent: many } }\n  sinks:")))
                .anySatisfy(mistake -> assertThat(mistake).contains("canary.percent: expected a whole number"));
        assertThat(mistakes(VALID.replace("  sinks:", "  model: { name: m, canary: { alias: c } }\n  sinks:")))
                .anySatisfy(mistake -> assertThat(mistake).contains("canary.percent: required and missing"));
    }

    @Test
    void points_into_an_expression_at_the_unknown_field() {
        assertThat(mistakes(VALID.replace("amount > 0.0", "0.0 < amuont")))
                .containsExactly("orders.yaml:14:39: spec.quality[0].check: unknown field or function 'amuont'."
                        + " Did you mean 'amount'?");
    }

    @Test
    void refuses_roles_that_no_field_can_play() {
        assertThat(mistakes(VALID.replace("time: at", "time: shop").replace("id: order_id\n", "id: amount\n")))
                .containsExactly(
                        "orders.yaml:6:9: spec.event.id: expected a field of type string, or a required one of type"
                                + " integer, and this is a required decimal",
                        "orders.yaml:7:11: spec.event.time: expected a field of type timestamp with required: true,"
                                + " and 'shop' is an optional string");
        assertThat(mistakes(VALID.replace("time: at", "time: att")))
                .containsExactly(
                        "orders.yaml:7:11: spec.event.time: no field 'att' in event.fields. Did you mean 'at'?");
    }

    @Test
    void refuses_names_that_are_taken_or_reserved() {
        assertThat(mistakes(VALID.replace("large:", "amount:")))
                .containsExactly(
                        "orders.yaml:16:25: spec.transform[0].derive.amount: there is a field 'amount'" + " already");
        assertThat(mistakes(VALID.replace("large:", "score:")))
                .hasSize(1)
                .first()
                .asString()
                .contains("Millrace");
    }

    @Test
    void refuses_a_field_that_is_derived_from_itself() {
        assertThat(mistakes(VALID.replace("large: \"amount > 100.0\"", "large: \"huge\", huge: \"large\"")))
                .contains(
                        "orders.yaml:16:24: spec.transform[0].derive.large: 'large' is derived from itself, perhaps by"
                                + " way of another field");
    }

    @Test
    void refuses_a_check_that_is_not_true_or_false() {
        assertThat(mistakes(VALID.replace("amount > 0.0", "amount + 1.0")))
                .containsExactly("orders.yaml:14:32: spec.quality[0].check: expected an expression that is true or"
                        + " false, and this is a double");
    }

    @Test
    void refuses_a_dimension_of_an_unknown_field() {
        assertThat(mistakes(VALID.replace("key: shop", "key: shopp")))
                .containsExactly("orders.yaml:21:28: spec.sinks[0].postgres.dimensions.dim_shop.key: no field 'shopp',"
                        + " declared or derived. Did you mean 'shop'?");
    }

    @Test
    void says_what_is_required_and_missing() {
        assertThat(mistakes("apiVersion: millrace.dev/v1alpha1\nkind: Pipeline\nmetadata: {}\n"))
                .containsExactly(
                        "orders.yaml:1:1: spec: required and missing",
                        "orders.yaml:3:11: metadata.name: required and missing, for example name: card-fraud");
    }

    @Test
    void says_where_the_yaml_itself_is_broken() {
        assertThat(mistakes("apiVersion: [millrace\nkind: Pipeline\n"))
                .hasSize(1)
                .first()
                .asString()
                .contains(":2:");
        assertThat(mistakes(""))
                .containsExactly("orders.yaml:1:1: the file is empty; expected apiVersion, kind, metadata and spec");
        assertThat(mistakes(VALID + "---\n" + VALID))
                .hasSize(1)
                .first()
                .asString()
                .contains("second one here");
        assertThat(mistakes("- a list\n")).hasSize(1).first().asString().contains("expected a mapping");
    }

    @Test
    void refuses_a_key_that_stands_twice() {
        assertThat(mistakes(VALID.replace("kind: Pipeline", "kind: Pipeline\nkind: Pipeline")))
                .containsExactly("orders.yaml:3:1: kind: the key stands here twice");
    }

    @Test
    void refuses_files_outside_of_the_data_folder() {
        String yaml = VALID.replace("  quality:", "  sources:\n    - file: { path: ../secret.csv }\n  quality:");

        assertThat(mistakes(yaml)).hasSize(1).first().asString().contains("below the data folder");
    }

    @Test
    void refuses_files_of_labels_that_are_not_declared_and_labels_that_can_name_no_event() {
        String sources = "  labels: { chargebacks: {} }\n  sources:\n"
                + "    - file: { path: \"cb/*.csv\", labels: chargeback }\n  quality:";

        assertThat(mistakes(VALID.replace("  quality:", sources)))
                .containsExactly("orders.yaml:15:41: spec.sources[0].file.labels: no labels 'chargeback' in"
                        + " spec.labels. Did you mean 'chargebacks'?");
        assertThat(mistakes(VALID.replace("    id: order_id\n", "")
                        .replace("  quality:", "  labels: { x: {} }\n  quality:")))
                .hasSize(1)
                .first()
                .asString()
                .contains("spec.labels: labels name an event by its id: declare event.id");
    }

    @Test
    void refuses_a_kind_of_step_that_does_not_exist() {
        assertThat(mistakes(VALID.replace("- derive:", "- drive:")))
                .containsExactly(
                        "orders.yaml:16:7: spec.transform[0].drive: expected one of the kinds cast, deduplicate,"
                                + " derive, filter, lookup, rename, select, tokenize, window, got"
                                + " 'drive'. Did you mean 'derive'?");
    }

    private static List<String> mistakes(String yaml) {
        InvalidDeclarationException refused = catchThrowableOfType(
                InvalidDeclarationException.class, () -> DeclarationReader.read("orders.yaml", yaml));
        assertThat(refused).as("the declaration is refused").isNotNull();
        return refused.mistakes().stream().map(Mistake::toString).toList();
    }
}
