package dev.millrace.model.predict;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.feature.FeatureReader;
import dev.millrace.model.feature.StateAwayException;
import dev.millrace.model.inference.FeatureRows;
import dev.millrace.model.inference.LateException;
import dev.millrace.model.inference.Runner;
import dev.millrace.model.predict.Predictor.Predicted;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.model.traffic.Made;
import dev.millrace.model.traffic.PredictionLog;
import dev.millrace.model.traffic.Route;
import dev.millrace.model.traffic.Split;
import dev.millrace.model.traffic.Traffic;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.event.Row;
import dev.millrace.service.problem.Problem;
import dev.millrace.service.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * Answers a request whose pipeline is known: each input by the version that it is for, or by what stands in for one that
 * fails. Word of each prediction is kept, and a shadow looks on. Thread-safe.
 */
@ApplicationScoped
public class Answers {
    private static final Logger LOG = Logger.getLogger(Answers.class);
    /** What a declared score is given as its version: no model made it. */
    private static final String NO_VERSION = "fallback";

    private final Traffic traffic;
    private final Shadows shadows;
    private final PredictionLog log;
    private final Inputs inputs;
    private final Explanations explanations;
    private final ModelMetrics metrics;
    private final PredictSettings settings;
    private final Map<String, Pace> paces = new ConcurrentHashMap<>();

    Answers(
            Traffic traffic,
            Shadows shadows,
            PredictionLog log,
            Inputs inputs,
            Explanations explanations,
            ModelMetrics metrics,
            PredictSettings settings) {
        this.traffic = traffic;
        this.shadows = shadows;
        this.log = log;
        this.inputs = inputs;
        this.explanations = explanations;
        this.metrics = metrics;
        this.settings = settings;
    }

    /** Whether an answer waits for nothing, and is made at once, going by those before. */
    boolean areQuick(Pipeline pipeline, ModelReference reference, PredictRequest request) {
        Split split = traffic.split(pipeline, reference);
        Pace pace = paces.get(pipeline.name());
        return split.main().isPresent()
                && pace != null
                && pace.isOf(split)
                && pace.isQuick(request.inputs().size())
                && !asksLive(pipeline, split.main())
                && !asksLive(pipeline, split.model(Route.CANARY));
    }

    private boolean asksLive(Pipeline pipeline, Optional<Model> model) {
        return model.filter(asking -> inputs.asksLive(pipeline, asking.description()))
                .isPresent();
    }

    /** One request on its way. */
    private record Question(
            Pipeline pipeline, ModelReference reference, Split split, PredictRequest request, Runner runner) {
        List<ObjectNode> inputs(List<Integer> places) {
            return places.stream().map(request.inputs()::get).toList();
        }
    }

    /** Some of the inputs, answered. */
    private record Part(MadeBy madeBy, List<Integer> places, List<Prediction> predictions) {}

    /**
     * An answer.
     *
     * @throws ProblemException if there is none
     */
    PredictAnswer of(Pipeline pipeline, ModelReference reference, PredictRequest request, Runner runner) {
        Split split = traffic.split(pipeline, reference);
        long begin = System.nanoTime();
        PredictAnswer answer = of(new Question(pipeline, reference, split, request, runner));
        pace(pipeline, split).took(System.nanoTime() - begin, request.inputs().size());
        return answer;
    }

    private Pace pace(Pipeline pipeline, Split split) {
        Pace known = paces.get(pipeline.name());
        if (known == null || !known.isOf(split)) {
            known = new Pace(split);
            paces.put(pipeline.name(), known);
        }
        return known;
    }

    private PredictAnswer of(Question question) {
        Split split = question.split();
        List<Integer> all =
                IntStream.range(0, question.request().inputs().size()).boxed().toList();
        if (split.main().isEmpty() || unfit(question).isPresent()) {
            return assemble(question, List.of(insteadOfNone(question, all)));
        }
        List<Completed> rows = read(question, all, split.main().get().description());
        List<Part> parts = new ArrayList<>();
        Map<Route, List<Integer>> routes =
                split.assign(rows.stream().map(Completed::row).toList());
        List<Integer> mains = new ArrayList<>(routes.getOrDefault(Route.MAIN, List.of()));
        List<Integer> canarys = routes.getOrDefault(Route.CANARY, List.of());
        if (!canarys.isEmpty()) {
            Optional<Part> part = byCanary(question, canarys, rows);
            part.ifPresentOrElse(parts::add, () -> mains.addAll(canarys));
        }
        if (!mains.isEmpty()) {
            mains.sort(null);
            parts.add(0, byMain(question, mains, pick(rows, mains)));
        }
        return assemble(question, parts);
    }

    private Optional<String> unfit(Question question) {
        Model main = question.split().main().orElseThrow();
        return main.misfit(question.pipeline())
                .map(why -> "Version " + main.description().version() + " of model '"
                        + main.description().name() + "' does not fit the events of pipeline '"
                        + question.pipeline().name() + "': " + why + ".");
    }

    /** By the canary, unless it fails or lacks something: then nothing, and the model itself answers. */
    private Optional<Part> byCanary(Question question, List<Integer> places, List<Completed> rows) {
        Model canary = question.split().model(Route.CANARY).orElseThrow();
        try {
            List<Completed> own =
                    takesTheSame(canary, question) ? pick(rows, places) : read(question, places, canary.description());
            return Optional.of(by(Route.CANARY, canary, question, places, own, true));
        } catch (OrtException | ProblemException e) {
            ModelDescription description = canary.description();
            metrics.predicted(
                    description.name(),
                    description.version(),
                    Route.CANARY.metric(ModelMetrics.HTTP),
                    "failed",
                    places.size());
            LOG.debugf(
                    "model %s: the canary, version %s, does not answer: %s",
                    description.name(), description.version(), e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean takesTheSame(Model model, Question question) {
        return model.description()
                .featureNames()
                .equals(question.split().main().orElseThrow().description().featureNames());
    }

    private Part byMain(Question question, List<Integer> places, List<Completed> rows) {
        Model main = question.split().main().orElseThrow();
        try {
            return by(Route.MAIN, main, question, places, rows, question.split().hasFallback());
        } catch (OrtException e) {
            ModelDescription description = main.description();
            metrics.predicted(description.name(), description.version(), ModelMetrics.HTTP, "failed", places.size());
            if (question.split().hasFallback()) {
                LOG.warnf("model %s, version %s: %s", description.name(), description.version(), e.getMessage());
                return byFallback(question, places, rows);
            }
            LOG.errorf(
                    e,
                    "model %s, version %s: it fails on its own reference values",
                    description.name(),
                    description.version());
            throw unavailable(
                    "Model '" + description.name() + "' fails, whatever it is given; the service's log says how.");
        }
    }

    private Part byFallback(Question question, List<Integer> places, List<Completed> rows) {
        Optional<Model> fallback = question.split().model(Route.FALLBACK);
        if (fallback.isEmpty()) {
            return byScore(question, places, rows);
        }
        try {
            return by(Route.FALLBACK, fallback.get(), question, places, rows, false);
        } catch (OrtException e) {
            throw unavailable("Model '" + question.reference().name() + "' fails, and so does what stands in for it.");
        }
    }

    /** Where there is no version at all that could answer. */
    private Part insteadOfNone(Question question, List<Integer> places) {
        if (question.split().model(Route.FALLBACK).isPresent()) {
            Model fallback = question.split().model(Route.FALLBACK).get();
            return byFallback(question, places, read(question, places, fallback.description()));
        }
        if (question.split().fallbackScore().isPresent()) {
            return byScore(question, places, List.of());
        }
        throw unavailable(question.split()
                .main()
                .flatMap(main -> unfit(question))
                .orElseGet(() -> absent(traffic, question.reference())));
    }

    private Part byScore(Question question, List<Integer> places, List<Completed> rows) {
        double score = question.split().fallbackScore().orElseThrow();
        Optional<ModelDescription> main = question.split().main().map(Model::description);
        String label = main.map(description -> description.label(score)).orElse(null);
        Prediction prediction =
                new Prediction(score, label, List.of(), Optional.empty(), Optional.empty(), Optional.empty());
        metrics.predicted(
                question.reference().name(), NO_VERSION, Route.FALLBACK.metric(ModelMetrics.HTTP), "ok", places.size());
        if (main.isPresent() && !rows.isEmpty()) {
            double[] scores = new double[rows.size()];
            Arrays.fill(scores, score);
            keep(question, Route.FALLBACK, main.get(), rows, FeatureRows.none(), scores);
        }
        return new Part(
                new MadeBy(NO_VERSION, Route.FALLBACK.label(), Predictor.REPLACEMENT, ReasonsScale.SCORE),
                places,
                places.stream().map(place -> prediction).toList());
    }

    private Part by(
            Route route, Model model, Question question, List<Integer> places, List<Completed> rows, boolean guarded)
            throws OrtException {
        Pipeline pipeline = question.pipeline();
        Predictor predictor = new Predictor(
                model,
                FeatureReader.of(
                        pipeline.cleanReader().schema(), model.description().features()),
                explanations.of(model),
                question.reference().reasons(),
                metrics,
                question.request().wantsReasons() ? settings.reasons() : 0,
                question.runner(),
                route);
        boolean withFeatures = question.request().wantsFeatures();
        Predicted predicted = guarded
                ? traffic.guarded(model, Predicted.class, () -> predictor.predict(rows, places, withFeatures))
                : predictor.predict(rows, places, withFeatures);
        rows.forEach(row -> metrics.featuresAsOf(pipeline.name(), row.featuresAsOf()));
        keep(question, route, model.description(), rows, predicted.features(), predicted.scores());
        shadows.lookOn(
                pipeline,
                question.split().shadow(),
                question.inputs(places),
                rows,
                model.description(),
                predicted.scores());
        MadeBy madeBy = new MadeBy(model.description().version(), route.label(), predictor.method(), predictor.scale());
        return new Part(madeBy, places, predicted.predictions());
    }

    private void keep(
            Question question,
            Route route,
            ModelDescription model,
            List<Completed> rows,
            FeatureRows features,
            double[] scores) {
        List<Row> clean = rows.stream().map(Completed::row).toList();
        List<String> labels = Arrays.stream(scores).mapToObj(model::label).toList();
        log.add(new Made(
                question.pipeline(),
                model,
                route,
                ModelMetrics.HTTP,
                Instant.now(),
                clean,
                features,
                scores,
                labels,
                null,
                null));
    }

    private List<Completed> read(Question question, List<Integer> places, ModelDescription model) {
        try {
            return inputs.read(question.inputs(places), question.pipeline(), model);
        } catch (StateAwayException e) {
            throw away(question.pipeline(), e);
        }
    }

    static ProblemException away(Pipeline pipeline, StateAwayException e) {
        return new ProblemException(
                Problem.of(
                        503,
                        "features-unavailable",
                        "The live features are not available",
                        "Pipeline '" + pipeline.name() + "': " + e.getMessage() + "."),
                OptionalInt.of(2));
    }

    private static List<Completed> pick(List<Completed> rows, List<Integer> places) {
        return places.size() == rows.size()
                ? rows
                : places.stream().map(rows::get).toList();
    }

    /** The first part's version answers; predictions of others say so. */
    private static PredictAnswer assemble(Question question, List<Part> parts) {
        Prediction[] predictions = new Prediction[question.request().inputs().size()];
        MadeBy first = parts.get(0).madeBy();
        for (Part part : parts) {
            for (int i = 0; i < part.places().size(); i++) {
                Prediction prediction = part.predictions().get(i);
                predictions[part.places().get(i)] = part.madeBy() == first ? prediction : prediction.by(part.madeBy());
            }
        }
        return new PredictAnswer(
                question.reference().name(),
                first.version(),
                first.route(),
                first.reasonsMethod(),
                first.reasonsScale(),
                List.of(predictions));
    }

    /** That no version is there, and what can be done. */
    static String absent(Traffic traffic, ModelReference reference) {
        return "Model '" + reference.name() + "' has no version that can be used now"
                + traffic.unregistered(reference)
                        .map(why -> " as alias " + reference.effectiveAlias() + ": " + why + ".")
                        .orElse("; /q/health/ready says why.");
    }

    /** That there was no time for an answer, or no room. */
    static ProblemException notInTime(RuntimeException busyOrLate) {
        return new ProblemException(
                Problem.of(
                        503,
                        busyOrLate instanceof LateException ? "late" : "busy",
                        "No answer in time",
                        "Nothing was predicted: " + busyOrLate.getMessage() + ". Try again."),
                OptionalInt.of(1));
    }

    static ProblemException unavailable(String why) {
        return new ProblemException(
                Problem.of(503, "model-unavailable", "The model is not available", why), OptionalInt.of(5));
    }
}
