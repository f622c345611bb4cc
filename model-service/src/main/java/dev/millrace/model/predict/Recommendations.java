package dev.millrace.model.predict;

import ai.onnxruntime.OrtException;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.feature.StateAwayException;
import dev.millrace.model.inference.Runner;
import dev.millrace.model.predict.LiveHistories.History;
import dev.millrace.model.predict.Recommendation.Basis;
import dev.millrace.model.recommend.Items;
import dev.millrace.model.recommend.Mask;
import dev.millrace.model.recommend.Ranked;
import dev.millrace.model.recommend.Recommender;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.model.traffic.Route;
import dev.millrace.model.traffic.Split;
import dev.millrace.model.traffic.Traffic;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.declaration.RecentHistory;
import dev.millrace.pipeline.declaration.RecommendDeclaration;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jboss.logging.Logger;

/**
 * Answers a request of a pipeline whose model recommends: each input by the version that its user is for, or by what stands
 * in for one that fails. Thread-safe.
 */
@ApplicationScoped
public class Recommendations {
    private static final Logger LOG = Logger.getLogger(Recommendations.class);

    private final Traffic traffic;
    private final LiveHistories histories;
    private final ModelMetrics metrics;

    Recommendations(Traffic traffic, LiveHistories histories, ModelMetrics metrics) {
        this.traffic = traffic;
        this.histories = histories;
        this.metrics = metrics;
    }

    /** One request on its way. */
    private record Question(
            Pipeline pipeline, ModelReference reference, Split split, PredictRequest request, Runner runner) {}

    /**
     * An input, with what is known of its user.
     *
     * @param chosen the history, or the item that is asked about
     */
    private record Asked(RecommendInput input, List<String> chosen, Optional<Instant> asOf, String key, int index) {}

    /**
     * An answer.
     *
     * @throws ProblemException if there is none
     */
    RecommendAnswer of(Pipeline pipeline, ModelReference reference, PredictRequest request, Runner runner) {
        Question question = new Question(pipeline, reference, traffic.split(pipeline, reference), request, runner);
        Optional<Model> main = question.split().main();
        Optional<String> unfit = main.flatMap(model -> model.misfit(pipeline));
        if ((main.isEmpty() || unfit.isPresent())
                && question.split().model(Route.FALLBACK).isEmpty()) {
            String name = "Model '" + reference.name() + "'";
            throw Answers.unavailable(
                    unfit.map(why -> name + " does not fit pipeline '" + pipeline.name() + "': " + why + ".")
                            .orElse(name + " has no version that can be used now; /q/health/ready says why."));
        }
        List<Asked> asked = read(question);
        List<Recommendation> lists = new ArrayList<>();
        Recommendation.MadeList first = null;
        for (Asked one : asked) {
            Made made = answer(question, one, unfit.isEmpty() ? main : Optional.empty());
            first = first == null ? made.by() : first;
            lists.add(made.by().equals(first) ? made.list() : made.list().by(made.by()));
        }
        return new RecommendAnswer(reference.name(), first.version(), first.route(), lists);
    }

    private List<Asked> read(Question question) {
        RecommendDeclaration declared = question.reference().recommend().orElseThrow();
        RecentHistory recent = RecentHistory.of(
                        question.pipeline().declaration().spec(), declared.history())
                .orElseThrow();
        RecommendInput.Reader reader = new RecommendInput.Reader(question.pipeline(), declared, recent);
        List<Problem.Entry> entries = new ArrayList<>();
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < question.request().inputs().size(); i++) {
            int index = i;
            reader.read(question.request().inputs().get(i), i, entries)
                    .flatMap(input -> complete(question, input, declared, recent, index, entries))
                    .ifPresent(asked::add);
        }
        if (!entries.isEmpty()) {
            throw PredictRequest.invalid(entries);
        }
        return asked;
    }

    private Optional<Asked> complete(
            Question question,
            RecommendInput input,
            RecommendDeclaration declared,
            RecentHistory recent,
            int index,
            List<Problem.Entry> entries) {
        if (input.event().isEmpty()) {
            List<String> chosen = input.item().map(List::of).or(input::history).orElseThrow();
            return Optional.of(new Asked(input, chosen, Optional.empty(), String.join(" ", chosen), index));
        }
        try {
            String key = input.event().get().path(recent.user()).asText();
            return histories
                    .of(
                            question.pipeline(),
                            input.event().get(),
                            recent.user(),
                            declared.history(),
                            "/inputs/" + index,
                            entries)
                    .map(history -> asked(input, history, key, index));
        } catch (StateAwayException e) {
            throw Answers.away(question.pipeline(), e);
        }
    }

    private static Asked asked(RecommendInput input, History history, String key, int index) {
        return new Asked(input, history.items(), history.asOf(), key, index);
    }

    /** A list, and which version made it. */
    private record Made(Recommendation list, Recommendation.MadeList by) {}

    private Made answer(Question question, Asked asked, Optional<Model> main) {
        Split split = question.split();
        if (main.isPresent() && split.isCanarys(asked.key())) {
            try {
                return by(Route.CANARY, split.model(Route.CANARY).orElseThrow(), question, asked, true);
            } catch (OrtException | ProblemException e) {
                failed(Route.CANARY, split.model(Route.CANARY).orElseThrow(), e);
            }
        }
        Optional<Model> fallback = split.model(Route.FALLBACK);
        try {
            if (main.isPresent()) {
                return by(Route.MAIN, main.get(), question, asked, fallback.isPresent());
            }
        } catch (OrtException e) {
            failed(Route.MAIN, main.get(), e);
        }
        try {
            if (fallback.isPresent()) {
                return by(Route.FALLBACK, fallback.get(), question, asked, false);
            }
        } catch (OrtException e) {
            failed(Route.FALLBACK, fallback.get(), e);
        }
        throw Answers.unavailable("Model '" + question.reference().name()
                + "' fails, and nothing stands in for it; the service's log says how.");
    }

    private void failed(Route route, Model model, Exception e) {
        ModelDescription description = model.description();
        LOG.warnf("model %s, version %s: %s", description.name(), description.version(), e.getMessage());
        metrics.predicted(description.name(), description.version(), route.metric(ModelMetrics.HTTP), "failed", 1);
    }

    private Made by(Route route, Model model, Question question, Asked asked, boolean guarded) throws OrtException {
        ModelDescription description = model.description();
        Recommender recommender = model.as(Recommender.class);
        Mask allowed = allowed(recommender, asked);
        long begin = System.nanoTime();
        Recommendation list = guarded
                ? traffic.guarded(model, Recommendation.class, () -> list(model, recommender, allowed, question, asked))
                : list(model, recommender, allowed, question, asked);
        metrics.took(description.name(), description.version(), Duration.ofNanos(System.nanoTime() - begin));
        metrics.predicted(description.name(), description.version(), route.metric(ModelMetrics.HTTP), "ok", 1);
        return new Made(list, new Recommendation.MadeList(description.version(), route.label()));
    }

    private static Mask allowed(Recommender recommender, Asked asked) {
        try {
            return recommender.allowed(asked.input().where());
        } catch (IllegalArgumentException e) {
            throw PredictRequest.invalid(List.of(new Problem.Entry(
                    "/inputs/" + asked.index() + "/where",
                    e.getMessage(),
                    PredictRequest.quoted(asked.input().where().orElse("")))));
        }
    }

    private static Recommendation list(
            Model model, Recommender recommender, Mask allowed, Question question, Asked asked) throws OrtException {
        Items items = recommender.items();
        RecommendInput input = asked.input();
        int[] known = asked.chosen().stream()
                .map(items::find)
                .filter(OptionalInt::isPresent)
                .mapToInt(OptionalInt::getAsInt)
                .distinct()
                .toArray();
        boolean ofItem = input.item().isPresent();
        // An item is always most like itself.
        boolean excludes = ofItem || input.excludeSeen();
        List<Ranked> ranked;
        if (known.length == 0) {
            ranked = recommender.popular(known, input.k(), allowed);
        } else {
            try (Model.Hold hold = model.hold()) {
                ranked = recommender.byHistory(known, input.k(), excludes, allowed, question.runner());
            }
        }
        Basis basis = known.length == 0 ? Basis.POPULAR : ofItem ? Basis.ITEM : Basis.HISTORY;
        boolean explained = basis == Basis.HISTORY && question.request().wantsReasons();
        return new Recommendation(
                basis,
                ranked.stream().map(one -> listed(items, one, known, explained)).toList(),
                asked.asOf(),
                question.request().wantsFeatures() && !ofItem ? Optional.of(asked.chosen()) : Optional.empty(),
                Optional.empty());
    }

    private static Recommendation.Listed listed(Items items, Ranked ranked, int[] known, boolean explains) {
        boolean explained = explains && ranked.because() >= 0 && ranked.effect() > 0;
        return new Recommendation.Listed(
                items.name(ranked.item()),
                ranked.score(),
                attributes(items, ranked.item()),
                explained
                        ? List.of(new Recommendation.Because(
                                items.name(known[ranked.because()]),
                                ranked.effect(),
                                attributes(items, known[ranked.because()])))
                        : List.of());
    }

    private static Map<String, Object> attributes(Items items, int item) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        Row row = items.row(item);
        Schema schema = items.schema();
        for (int i = 0; i < schema.size(); i++) {
            Object value = row.get(i);
            if (value != null && i != items.nameField()) {
                attributes.put(
                        schema.field(i).name(),
                        value instanceof Instant || value instanceof LocalDate ? value.toString() : value);
            }
        }
        return attributes;
    }
}
