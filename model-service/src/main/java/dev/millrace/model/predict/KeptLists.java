package dev.millrace.model.predict;

import ai.onnxruntime.OrtException;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.inference.Runner;
import dev.millrace.model.recommend.ListShape;
import dev.millrace.model.recommend.Recommender;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.model.traffic.MadeList;
import dev.millrace.model.traffic.MadeLists;
import dev.millrace.model.traffic.PredictionLog;
import dev.millrace.model.traffic.Route;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Keeps word of the lists that were answered, and lets a shadow make its own to be compared. Thread-safe. */
@ApplicationScoped
public class KeptLists {
    private final PredictionLog log;
    private final Shadows shadows;
    private final LivePopularity popularity;
    private final ModelMetrics metrics;

    KeptLists(PredictionLog log, Shadows shadows, LivePopularity popularity, ModelMetrics metrics) {
        this.log = log;
        this.shadows = shadows;
        this.popularity = popularity;
        this.metrics = metrics;
    }

    /**
     * A list that was answered.
     *
     * @param made as word of it is kept
     * @param version the version that made it
     */
    private record Answered(ListQuestion asked, MadeList made, String version) {}

    /** One version answered these. Nobody waits for what follows of it. */
    void answered(
            Pipeline pipeline,
            Model model,
            Route route,
            List<ListQuestion> asked,
            List<VersionsList> lists,
            Optional<Model> shadow) {
        List<Answered> answered = new ArrayList<>();
        for (int i = 0; i < lists.size(); i++) {
            answered.add(new Answered(
                    asked.get(i),
                    made(asked.get(i), lists.get(i), Optional.empty()),
                    model.description().version()));
        }
        observe(model, asked, lists);
        MadeLists word = word(
                pipeline, model, route, answered.stream().map(Answered::made).toList());
        log.add(word);
        shadow.ifPresent(looking -> shadows.later(
                looking.description(), word.count(), word.items(), () -> compare(pipeline, looking, answered)));
    }

    /** Lists of histories, with nothing said of what may stand on them, are compared with those of the training. */
    private void observe(Model model, List<ListQuestion> asked, List<VersionsList> lists) {
        ModelDescription description = model.description();
        if (description.reference() == null) {
            return;
        }
        List<ListShape.Seen> seen = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        for (int i = 0; i < lists.size(); i++) {
            RecommendInput input = asked.get(i).input();
            if (input.where().isEmpty() && input.excludeSeen()) {
                VersionsList list = lists.get(i);
                list.seen().ifPresent(one -> {
                    seen.add(one);
                    scores.add(list.answer().items().get(0).score());
                });
            }
        }
        ListShape shape = model.as(Recommender.class).shape();
        metrics.drift()
                .observe(
                        description.name(),
                        description.version(),
                        description.reference(),
                        shape.names(),
                        shape.of(seen),
                        scores.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private void compare(Pipeline pipeline, Model shadow, List<Answered> answered) {
        ModelDescription description = shadow.description();
        VersionsList.Maker maker = new VersionsList.Maker(
                shadow, popularity.of(pipeline, shadow.as(Recommender.class)), false, false, Runner.DIRECT);
        List<MadeList> made = new ArrayList<>();
        for (Answered one : answered) {
            try {
                VersionsList list = maker.list(one.asked(), maker.allowed(one.asked()));
                double overlap = overlap(list.items(), one.made().items());
                made.add(made(
                        one.asked(),
                        list,
                        Optional.of(new MadeList.Compared(one.made().id(), one.version(), overlap))));
                shadows.count(description, "ok", 1);
                metrics.overlapped(description.name(), description.version(), overlap);
            } catch (OrtException | ProblemException e) {
                shadows.count(description, "failed", 1);
            }
        }
        if (!made.isEmpty()) {
            log.add(word(pipeline, shadow, Route.SHADOW, made));
        }
    }

    /** Of the longer list's items, the share that stands on both; two empty lists are the same. */
    private static double overlap(List<MadeList.Item> one, List<MadeList.Item> other) {
        Set<String> both = names(one);
        both.retainAll(names(other));
        int longer = Math.max(one.size(), other.size());
        return longer == 0 ? 1 : (double) both.size() / longer;
    }

    private static Set<String> names(List<MadeList.Item> items) {
        return items.stream().map(MadeList.Item::item).collect(Collectors.toCollection(HashSet::new));
    }

    private static MadeLists word(Pipeline pipeline, Model model, Route route, List<MadeList> lists) {
        return new MadeLists(pipeline, model.description(), route, ModelMetrics.HTTP, Instant.now(), lists);
    }

    private static MadeList made(ListQuestion asked, VersionsList list, Optional<MadeList.Compared> compared) {
        return new MadeList(
                list.answer().listId(),
                asked.user(),
                asked.inputs(),
                asked.input().k(),
                list.answer().basis().text(),
                list.answer().popularity().map(Recommendation.Popularity::text),
                list.items(),
                list.history(),
                list.unknown(),
                asked.asOf(),
                compared);
    }
}
