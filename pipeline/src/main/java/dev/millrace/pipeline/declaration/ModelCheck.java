package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.expression.Expression;
import dev.millrace.pipeline.expression.Nearest;
import java.util.Optional;

/** What the model of a declaration can still get wrong: what it is given, how it is trained, and who answers. */
final class ModelCheck {
    private final PipelineDeclaration.Spec spec;
    private final Findings findings;

    ModelCheck(PipelineDeclaration.Spec spec, Findings findings) {
        this.spec = spec;
        this.findings = findings;
    }

    /**
     * Reports what is wrong.
     *
     * @param clean the fields behind all steps
     * @param steps whether the steps are right: a recommender looks for a window, whose own mistakes are known else
     */
    void check(Schema clean, boolean steps) {
        if (steps) {
            checkRecommend(clean);
        }
        checkReasons(clean);
        checkTraining(clean);
        checkModel(clean);
    }

    private void checkReasons(Schema clean) {
        spec.model()
                .ifPresent(model -> model.reasons().keySet().stream()
                        .filter(name -> clean.find(name) < 0)
                        .forEach(name -> findings.report(
                                "spec.model.reasons." + name,
                                Nearest.to(name, clean.names()),
                                "no field '" + name + "', declared or derived")));
    }

    private void checkTraining(Schema clean) {
        spec.model().flatMap(ModelReference::training).ifPresent(training -> {
            String path = "spec.model.training";
            training.labels()
                    .filter(name -> !spec.labels().containsKey(name))
                    .ifPresent(name -> findings.report(
                            path + ".labels",
                            Nearest.to(name, spec.labels().keySet()),
                            "no labels '" + name + "' in spec.labels"));
            boolean recommends = !spec.model().orElseThrow().scores();
            training.gates().keySet().stream()
                    .filter(measure -> measure.matches(TrainingDeclaration.OF_RECOMMENDERS) != recommends)
                    .forEach(measure -> findings.report(
                            path + ".gates." + measure,
                            recommends
                                    ? "a model that recommends is measured by recall_at_20, ndcg_at_100, coverage and"
                                            + " novelty"
                                    : "only a model that recommends is measured by it"));
            if (!recommends && training.labels().isEmpty() && spec.labels().size() != 1) {
                findings.report(
                        path,
                        "say which labels to learn; spec.labels has "
                                + spec.labels().keySet());
            }
            for (int i = 0; i < training.features().size(); i++) {
                checkNumber(path + ".features[" + i + "]", training.features().get(i), clean);
            }
            training.stake().ifPresent(name -> checkNumber(path + ".stake", name, clean));
            training.gates().forEach((measure, gate) -> {
                if (!gate.matches(TrainingDeclaration.GATE) || gate.contains("popularity") && !recommends) {
                    findings.report(
                            path + ".gates." + measure,
                            "expected >= or <= and champion or a number, such as \">= champion\", got '" + gate + "'");
                }
            });
        });
    }

    private void checkRecommend(Schema clean) {
        Optional<ModelReference> model = spec.model().filter(declared -> !declared.scores());
        if (model.isEmpty()) {
            return;
        }
        RecommendDeclaration recommend = model.get().recommend().orElseThrow();
        String path = "spec.model.recommend";
        if (clean.find(recommend.history()) < 0) {
            findings.report(
                    path + ".history",
                    Nearest.to(recommend.history(), clean.names()),
                    "no field '" + recommend.history() + "', declared or derived");
        } else if (RecentHistory.of(spec, recommend.history()).isEmpty()) {
            findings.report(
                    path + ".history",
                    "expected a feature of a window that is recent of a field, such as { history: \"recent(item_id, 50)\" }");
        }
        RecentHistory.of(spec, recommend.history())
                .map(RecentHistory::user)
                .filter(user -> !spec.event().fields().containsKey(user))
                .ifPresent(user -> findings.report(
                        path + ".history",
                        "expected a window by a field of the event, since that is what a request names a user by; '"
                                + user + "' is derived"));
        for (int i = 0; i < recommend.attributes().size(); i++) {
            String name = recommend.attributes().get(i);
            if (clean.find(name) < 0) {
                findings.report(
                        path + ".attributes[" + i + "]",
                        Nearest.to(name, clean.names()),
                        "no field '" + name + "', declared or derived");
            }
        }
        recommend.popular_now().ifPresent(name -> {
            checkNumber(path + ".popular_now", name, clean);
            checkWindowOf(path + ".popular_now", name, RecentHistory.of(spec, recommend.history()));
        });
        recommend
                .weight()
                .flatMap(text -> findings.compile(path + ".weight", text, clean))
                .map(Expression::type)
                .filter(type -> type != FieldType.INTEGER && type != FieldType.DOUBLE)
                .ifPresent(type -> findings.report(
                        path + ".weight",
                        "expected an expression that is a number, and this is a " + type.declaredName()));
        checkOnlyScores("reasons", !model.get().reasons().isEmpty());
        checkOnlyScores("fallback.score", model.get().fallback().orElse(null) instanceof FallbackDeclaration.Score);
        model.get().training().ifPresent(training -> {
            checkOnlyScores("training.labels", training.labels().isPresent());
            checkOnlyScores("training.features", !training.features().isEmpty());
            checkOnlyScores("training.kinds", !training.kinds().isEmpty());
            checkOnlyScores("training.delay", training.delay().isPresent());
            checkOnlyScores("training.stake", training.stake().isPresent());
            checkOnlyScores("training.alarm", training.alarm().isPresent());
            checkOnlyScores("training.positive", training.positive().isPresent());
            checkOnlyScores("training.negative", training.negative().isPresent());
        });
    }

    /** What a window of another key computes says nothing of an item. */
    private void checkWindowOf(String path, String feature, Optional<RecentHistory> recent) {
        Optional<String> by = WindowSettings.byOf(spec, feature);
        if (by.isPresent()
                && recent.filter(history -> !history.item().equals(by.get())).isPresent()) {
            findings.report(
                    path,
                    "expected a feature of a window by '" + recent.get().item() + "', which names the item, and '"
                            + feature + "' is of a window by '" + by.get() + "'");
        }
    }

    private void checkOnlyScores(String what, boolean there) {
        if (there) {
            findings.report("spec.model." + what, "a model that recommends has none: leave it out");
        }
    }

    private void checkNumber(String path, String name, Schema clean) {
        int ordinal = clean.find(name);
        if (ordinal < 0) {
            findings.report(path, Nearest.to(name, clean.names()), "no field '" + name + "', declared or derived");
            return;
        }
        FieldType type = clean.field(ordinal).type();
        if (type == FieldType.STRING || type == FieldType.JSON) {
            findings.report(
                    path, "expected a number, or true or false, and '" + name + "' is a " + type.declaredName());
        }
    }

    private void checkModel(Schema clean) {
        if (spec.model().isEmpty()) {
            return;
        }
        ModelReference model = spec.model().get();
        String path = "spec.model.canary";
        model.canary().ifPresent(canary -> {
            if (canary.percent() < 0 || canary.percent() > 100) {
                findings.report(path + ".percent", "expected a share from 0 to 100, got " + canary.percent());
            }
            checkOther(path + ".alias", canary.alias(), model);
            canary.by()
                    .filter(field -> clean.find(field) < 0)
                    .ifPresent(field -> findings.report(
                            path + ".by",
                            Nearest.to(field, clean.names()),
                            "no field '" + field + "', declared or derived"));
            if (canary.by().isEmpty() && spec.event().key().isEmpty()) {
                findings.report(path, "without event.key a canary needs by: the field whose value decides");
            }
        });
        model.shadow().ifPresent(shadow -> checkOther("spec.model.shadow.alias", shadow.alias(), model));
        if (model.fallback().orElse(null) instanceof FallbackDeclaration.Alias fallback) {
            checkOther("spec.model.fallback.alias", fallback.alias(), model);
        }
    }

    private void checkOther(String path, String alias, ModelReference model) {
        if (alias.equals(model.effectiveAlias())) {
            findings.report(path, "expected another alias than the model's own, '" + alias + "'");
        }
    }
}
