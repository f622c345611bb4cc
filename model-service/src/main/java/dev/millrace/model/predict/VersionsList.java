package dev.millrace.model.predict;

import ai.onnxruntime.OrtException;
import dev.millrace.model.inference.Runner;
import dev.millrace.model.predict.Recommendation.Basis;
import dev.millrace.model.predict.Recommendation.Popularity;
import dev.millrace.model.recommend.Items;
import dev.millrace.model.recommend.ListShape;
import dev.millrace.model.recommend.Mask;
import dev.millrace.model.recommend.Ranked;
import dev.millrace.model.recommend.Recommender;
import dev.millrace.model.registry.Model;
import dev.millrace.model.traffic.MadeList;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.service.problem.Problem;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * What one version lists for one input.
 *
 * @param model the version
 * @param answer the list as it is answered
 * @param history the items of the history that the version knows, the latest first; the item that was asked about
 * @param unknown how many it does not know
 */
record VersionsList(Model model, Recommendation answer, List<String> history, int unknown) {
    /** Of longer lists so many items are looked at. */
    private static final int FIRST = 10;

    /** The items with their scores, as word of them is kept. */
    List<MadeList.Item> items() {
        return answer.items().stream()
                .map(item -> new MadeList.Item(item.item(), item.score()))
                .toList();
    }

    /** What is looked at of a list by a history: one of its items, and one of the history's, drawn; nothing of other lists. */
    Optional<ListShape.Seen> seen() {
        if (answer.basis() != Basis.HISTORY || answer.items().isEmpty()) {
            return Optional.empty();
        }
        Items items = model.as(Recommender.class).items();
        Random random = ThreadLocalRandom.current();
        int length = history.size() + unknown;
        int chosen = random.nextInt(length);
        int listed = random.nextInt(Math.min(FIRST, answer.items().size()));
        return Optional.of(new ListShape.Seen(
                length,
                chosen < history.size() ? items.find(history.get(chosen)).orElseThrow() : -1,
                items.find(answer.items().get(listed).item()).orElseThrow()));
    }

    /** Makes lists by one version, for one request. */
    record Maker(Model model, LivePopularity.Told popular, boolean withReasons, boolean withHistory, Runner runner) {

        /**
         * The items that an input allows.
         *
         * @throws dev.millrace.service.problem.ProblemException if its condition is none
         */
        Mask allowed(ListQuestion asked) {
            try {
                return model.as(Recommender.class).allowed(asked.input().where());
            } catch (IllegalArgumentException e) {
                throw PredictRequest.invalid(List.of(new Problem.Entry(
                        "/inputs/" + asked.index() + "/where",
                        e.getMessage(),
                        PredictRequest.quoted(asked.input().where().orElse("")))));
            }
        }

        VersionsList list(ListQuestion asked, Mask allowed) throws OrtException {
            Recommender recommender = model.as(Recommender.class);
            Items items = recommender.items();
            RecommendInput input = asked.input();
            List<String> different = asked.chosen().stream().distinct().toList();
            int[] known = different.stream()
                    .map(items::find)
                    .filter(OptionalInt::isPresent)
                    .mapToInt(OptionalInt::getAsInt)
                    .toArray();
            boolean ofItem = input.item().isPresent();
            // An item is always most like itself.
            boolean excludes = ofItem || input.excludeSeen();
            List<Ranked> ranked;
            if (known.length == 0) {
                ranked = popular.popular().best(known, input.k(), allowed);
            } else {
                try (Model.Hold hold = model.hold()) {
                    ranked = recommender.byHistory(known, input.k(), excludes, allowed, runner);
                }
            }
            Basis basis = known.length == 0 ? Basis.POPULAR : ofItem ? Basis.ITEM : Basis.HISTORY;
            boolean explained = basis == Basis.HISTORY && withReasons;
            Recommendation answer = new Recommendation(
                    UUID.randomUUID().toString(),
                    basis,
                    ranked.stream()
                            .map(one -> listed(items, one, known, explained))
                            .toList(),
                    basis == Basis.POPULAR ? Optional.of(popularity()) : Optional.empty(),
                    basis == Basis.POPULAR ? popular.asOf() : Optional.empty(),
                    asked.asOf(),
                    withHistory && !ofItem ? Optional.of(asked.chosen()) : Optional.empty(),
                    Optional.empty());
            return new VersionsList(
                    model, answer, IntStream.of(known).mapToObj(items::name).toList(), different.size() - known.length);
        }

        private Popularity popularity() {
            return popular.asOf().isPresent() ? Popularity.NOW : Popularity.TRAINING;
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
}
