package dev.millrace.model.predict;

import ai.onnxruntime.OrtException;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.feature.StateAwayException;
import dev.millrace.model.inference.Runner;
import dev.millrace.model.recommend.Mask;
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
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
    private final KeptLists kept;
    private final LivePopularity popularity;
    private final ModelMetrics metrics;
    private final Map<String, Way> ways = new ConcurrentHashMap<>();

    Recommendations(
            Traffic traffic, LiveHistories histories, KeptLists kept, LivePopularity popularity, ModelMetrics metrics) {
        this.traffic = traffic;
        this.histories = histories;
        this.kept = kept;
        this.popularity = popularity;
        this.metrics = metrics;
    }

    /** What a pipeline's declaration says of inputs, so that its texts are not read with each request. */
    private record Way(
            Pipeline pipeline, RecommendDeclaration declared, RecentHistory recent, RecommendInput.Reader reader) {}

    /** One request on its way. */
    private record Question(
            Pipeline pipeline, ModelReference reference, Split split, PredictRequest request, Runner runner) {}

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
            throw Answers.unavailable(unfit.map(why -> "Model '" + reference.name() + "' does not fit pipeline '"
                            + pipeline.name() + "': " + why + ".")
                    .orElseGet(() -> Answers.absent(traffic, reference)));
        }
        List<ListQuestion> asked = read(question);
        List<Made> all = new ArrayList<>();
        for (ListQuestion one : asked) {
            metrics.featuresAsOf(pipeline.name(), one.asOf());
            all.add(answer(question, one, unfit.isEmpty() ? main : Optional.empty()));
        }
        Recommendation.MadeList first = all.get(0).by();
        List<Recommendation> lists = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Made made = all.get(i);
            Recommendation answer = made.list().answer();
            lists.add(made.by().equals(first) ? answer : answer.by(made.by()));
        }
        keep(question, asked, all);
        return new RecommendAnswer(reference.name(), first.version(), first.route(), lists);
    }

    private void keep(Question question, List<ListQuestion> asked, List<Made> all) {
        Map<Recommendation.MadeList, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < all.size(); i++) {
            places.computeIfAbsent(all.get(i).by(), by -> new ArrayList<>()).add(i);
        }
        for (List<Integer> some : places.values()) {
            Made first = all.get(some.get(0));
            kept.answered(
                    question.pipeline(),
                    first.list().model(),
                    first.route(),
                    some.stream().map(asked::get).toList(),
                    some.stream().map(all::get).map(Made::list).toList(),
                    question.split().shadow());
        }
    }

    private List<ListQuestion> read(Question question) {
        Way way = way(question.pipeline(), question.reference());
        List<Problem.Entry> entries = new ArrayList<>();
        List<ListQuestion> asked = new ArrayList<>();
        for (int i = 0; i < question.request().inputs().size(); i++) {
            int index = i;
            way.reader()
                    .read(question.request().inputs().get(i), i, entries)
                    .flatMap(input -> complete(question, input, way.declared(), way.recent(), index, entries))
                    .ifPresent(asked::add);
        }
        if (!entries.isEmpty()) {
            throw PredictRequest.invalid(entries);
        }
        return asked;
    }

    private Way way(Pipeline pipeline, ModelReference reference) {
        Way known = ways.get(pipeline.name());
        if (known == null || known.pipeline() != pipeline) {
            RecommendDeclaration declared = reference.recommend().orElseThrow();
            RecentHistory recent = RecentHistory.of(pipeline.declaration().spec(), declared.history())
                    .orElseThrow();
            known = new Way(pipeline, declared, recent, new RecommendInput.Reader(pipeline, declared, recent));
            ways.put(pipeline.name(), known);
        }
        return known;
    }

    private Optional<ListQuestion> complete(
            Question question,
            RecommendInput input,
            RecommendDeclaration declared,
            RecentHistory recent,
            int index,
            List<Problem.Entry> entries) {
        if (input.event().isEmpty()) {
            List<String> chosen = input.item().map(List::of).or(input::history).orElseThrow();
            return Optional.of(new ListQuestion(
                    input, recent, chosen, Optional.empty(), String.join(" ", chosen), Optional.empty(), index));
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
                    .map(history -> new ListQuestion(
                            input, recent, history.items(), history.asOf(), key, history.user(), index));
        } catch (StateAwayException e) {
            throw Answers.away(question.pipeline(), e);
        }
    }

    /** A list, and who made it. */
    private record Made(VersionsList list, Route route) {
        Recommendation.MadeList by() {
            return new Recommendation.MadeList(list.model().description().version(), route.label());
        }
    }

    private Made answer(Question question, ListQuestion asked, Optional<Model> main) {
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

    private Made by(Route route, Model model, Question question, ListQuestion asked, boolean guarded)
            throws OrtException {
        ModelDescription description = model.description();
        VersionsList.Maker maker = new VersionsList.Maker(
                model,
                popularity.of(question.pipeline(), model.as(Recommender.class)),
                question.request().wantsReasons(),
                question.request().wantsFeatures(),
                question.runner());
        Mask allowed = maker.allowed(asked);
        long begin = System.nanoTime();
        VersionsList list = guarded
                ? traffic.guarded(model, VersionsList.class, () -> maker.list(asked, allowed))
                : maker.list(asked, allowed);
        metrics.took(description.name(), description.version(), Duration.ofNanos(System.nanoTime() - begin));
        metrics.predicted(description.name(), description.version(), route.metric(ModelMetrics.HTTP), "ok", 1);
        return new Made(list, route);
    }
}
