package dev.millrace.training.recommend.search;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.training.recommend.history.Choices;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Ease;
import dev.millrace.training.recommend.learn.Fading;
import dev.millrace.training.recommend.learn.ImplicitAls;
import dev.millrace.training.recommend.learn.Recommender;
import dev.millrace.training.recommend.onnx.FactorsOnnx;
import dev.millrace.training.recommend.onnx.ItemWeightsOnnx;
import dev.millrace.training.recommend.onnx.ItemsNote;
import dev.millrace.training.recommend.onnx.SparseWeightsOnnx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What can be written as a file that is served: EASE, or ALS. Immutable. */
public sealed interface Served {
    /** The algorithm's name. */
    String kind();

    /** What recommends. */
    Recommender recommender();

    /** Its settings by name, of which {@link #of} makes it again; each is a text. */
    Map<String, String> parameters();

    /** The same settings, learned from other histories. */
    Served again(Histories histories, long seed);

    /** The file, of who was learned from these choices. */
    byte[] write(Choices choices);

    /** What those parameters say, learned from these histories; empty if they say nothing that is known. */
    static Optional<Served> of(JsonNode parameters, Histories known, long seed) {
        Fading fading = new Fading(parameters.path("fading").asDouble());
        double regularization = parameters.path("regularization").asDouble();
        return switch (parameters.path("algorithm").asText()) {
            case OfEase.KIND ->
                known.items() > Ease.mostItems()
                        ? Optional.empty()
                        : Optional.of(new OfEase(
                                Ease.learn(Ease.gram(known), regularization).with(fading)));
            case OfAls.KIND ->
                Optional.of(new OfAls(ImplicitAls.learn(
                                known,
                                new ImplicitAls.Settings(
                                        parameters.path("dimension").asInt(),
                                        parameters.path("unobserved").asDouble(),
                                        regularization,
                                        parameters.path("rounds").asInt()),
                                seed)
                        .with(fading)));
            default -> Optional.empty();
        };
    }

    /** Item-item weights, the greatest of each item: what is served is what is tested. */
    record OfEase(Ease ease) implements Served {
        private static final String KIND = "ease";
        /** 20,000 items are then 48 MB, and not 1.6 GB. */
        private static final int MOST = 300;

        public OfEase {
            ease = ease.with(MOST);
        }

        @Override
        public String kind() {
            return KIND;
        }

        @Override
        public Recommender recommender() {
            return ease;
        }

        @Override
        public Map<String, String> parameters() {
            Map<String, String> parameters = new LinkedHashMap<>();
            parameters.put("algorithm", KIND);
            parameters.put("regularization", Double.toString(ease.regularization()));
            parameters.put("fading", Double.toString(ease.fading().power()));
            return parameters;
        }

        @Override
        public Served again(Histories histories, long seed) {
            return new OfEase(
                    Ease.learn(Ease.gram(histories), ease.regularization()).with(ease.fading()));
        }

        @Override
        public byte[] write(Choices choices) {
            String items =
                    ItemsNote.of(ease.text(), ease.fading().power(), choices).json();
            return ease.weights().items() > 2 * MOST
                    ? SparseWeightsOnnx.write(ease.weights(), MOST, items)
                    : ItemWeightsOnnx.write(ease.weights(), items);
        }
    }

    /** Factors. */
    record OfAls(ImplicitAls als) implements Served {
        private static final String KIND = "als";

        @Override
        public String kind() {
            return KIND;
        }

        @Override
        public Recommender recommender() {
            return als;
        }

        @Override
        public Map<String, String> parameters() {
            Map<String, String> parameters = new LinkedHashMap<>();
            parameters.put("algorithm", KIND);
            parameters.put("dimension", Integer.toString(als.settings().dimension()));
            parameters.put("unobserved", Double.toString(als.settings().unobserved()));
            parameters.put("regularization", Double.toString(als.settings().regularization()));
            parameters.put("rounds", Integer.toString(als.settings().rounds()));
            parameters.put("fading", Double.toString(als.fading().power()));
            return parameters;
        }

        @Override
        public Served again(Histories histories, long seed) {
            return new OfAls(ImplicitAls.learn(histories, als.settings(), seed).with(als.fading()));
        }

        @Override
        public byte[] write(Choices choices) {
            return FactorsOnnx.write(
                    als, ItemsNote.of(als.text(), als.fading().power(), choices).json());
        }
    }
}
