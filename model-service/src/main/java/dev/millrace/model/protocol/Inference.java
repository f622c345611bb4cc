package dev.millrace.model.protocol;

import ai.onnxruntime.OrtException;
import dev.millrace.model.ModelMetrics;
import dev.millrace.model.inference.Batching;
import dev.millrace.model.inference.BusyException;
import dev.millrace.model.inference.Deadline;
import dev.millrace.model.inference.LateException;
import dev.millrace.model.inference.OnnxModel;
import dev.millrace.model.inference.Tensor;
import dev.millrace.model.inference.TensorSpec;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.Models;
import dev.millrace.model.traffic.Route;
import dev.millrace.pipeline.expression.Nearest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What both transports do: find a model's version, compare what came with its graph, and run it. Thread-safe. */
@ApplicationScoped
class Inference {
    private static final String CHAMPION = "champion";
    /** An alias that moves leaves a moment between the look at it and the use of what it stood for. */
    private static final int LOOKS = 5;

    private final Models models;
    private final Rules rules;
    private final Batching batching;
    private final ModelMetrics metrics;
    private final Onlookers onlookers;

    Inference(Models models, Rules rules, Batching batching, ModelMetrics metrics, Onlookers onlookers) {
        this.models = models;
        this.rules = rules;
        this.batching = batching;
        this.metrics = metrics;
        this.onlookers = onlookers;
    }

    /**
     * Does something with a version, which stays loaded meanwhile. If none is named, it is the one that answers as the model
     * itself: that of the alias that a pipeline declares, or the champion where none uses the model.
     */
    <T> T with(String name, Optional<String> version, Function<Model, T> use) {
        for (int look = 0; look < LOOKS; look++) {
            Optional<T> done = kept(find(name, version, ruled(name, version)), use);
            if (done.isPresent()) {
                return done.get();
            }
        }
        throw unavailable(name);
    }

    /** Does it while the version stays loaded; nothing if it was unloaded since it was found. */
    private static <T> Optional<T> kept(Model model, Function<Model, T> use) {
        OnnxModel graph = model.graph();
        if (!graph.acquire()) {
            return Optional.empty();
        }
        try {
            return Optional.of(use.apply(model));
        } finally {
            graph.release();
        }
    }

    private Optional<Rules.Ruled> ruled(String name, Optional<String> version) {
        return version.isPresent() ? Optional.empty() : rules.of(name);
    }

    /** What decides who of several versions answers, where nobody names one. */
    record Place(Optional<String> key, Optional<String> id) {
        /** The client's key, else what it calls the request, else any. */
        String text() {
            return key.or(() -> id)
                    .orElseGet(() -> Long.toString(ThreadLocalRandom.current().nextLong()));
        }
    }

    /**
     * Lets a request be answered by the version that it names; if it names none, by the rules of the pipeline that uses the
     * model: by the canary, for its share, or else by the model itself, and where that fails by the version that stands in.
     *
     * @param place asked for only where it decides
     */
    <T> T answer(String name, Optional<String> version, Supplier<Place> place, Function<Turn, T> answer) {
        for (int look = 0; look < LOOKS; look++) {
            Optional<Rules.Ruled> ruled = ruled(name, version);
            Model main = find(name, version, ruled);
            Optional<Place> known = ruled.map(rules -> place.get());
            Optional<String> key = known.flatMap(Place::key);
            Optional<T> done = ruled.flatMap(rules -> rules.split().model(Route.CANARY))
                    .filter(canary -> isLike(canary, main)
                            && ruled.get().split().isCanarys(known.get().text()))
                    .flatMap(canary -> unlessItFails(new Turn(canary, Route.CANARY, ruled, key), answer));
            if (done.isEmpty()) {
                done = byMain(main, ruled, key, answer);
            }
            if (done.isPresent()) {
                return done.get();
            }
        }
        throw unavailable(name);
    }

    private <T> Optional<T> byMain(
            Model main, Optional<Rules.Ruled> ruled, Optional<String> key, Function<Turn, T> answer) {
        Optional<Model> fallback = ruled.flatMap(rules -> rules.split().model(Route.FALLBACK));
        boolean isMain = ruled.isEmpty()
                || ruled.get().split().main().filter(main::equals).isPresent();
        if (!isMain) {
            return kept(main, model -> answer.apply(new Turn(model, Route.FALLBACK, ruled, key)));
        }
        try {
            return kept(main, model -> answer.apply(new Turn(model, Route.MAIN, ruled, key)));
        } catch (Refusal refusal) {
            if (refusal.kind() != Refusal.Kind.FAILED) {
                throw refusal;
            }
            return Optional.of(fallback.filter(other -> isLike(other, main))
                    .flatMap(other -> unlessItFails(new Turn(other, Route.FALLBACK, ruled, key), answer))
                    .orElseThrow(() -> refusal));
        }
    }

    /** The answer of one that nobody has to hear of if it fails, for another answers then. */
    private <T> Optional<T> unlessItFails(Turn turn, Function<Turn, T> answer) {
        try {
            return kept(turn.model(), model -> answer.apply(turn));
        } catch (Refusal refusal) {
            if (refusal.kind() != Refusal.Kind.FAILED) {
                throw refusal;
            }
            return Optional.empty();
        }
    }

    /** Whether it takes and gives the same tensors, so that the client need not know which of the two answers. */
    private static boolean isLike(Model one, Model other) {
        return one.graph().inputs().equals(other.graph().inputs())
                && one.graph().outputs().equals(other.graph().outputs());
    }

    /** The versions that can be asked for. */
    List<String> versions(String name) {
        return models.versions(name);
    }

    /** The version that is named, or the one that answers as the model itself, or what stands in for that. */
    private Model find(String name, Optional<String> version, Optional<Rules.Ruled> ruled) {
        Optional<Model> found = version.isPresent()
                ? models.version(name, version.get())
                : ruled.isEmpty()
                        ? models.find(name, CHAMPION)
                        : ruled.get()
                                .split()
                                .main()
                                .or(() -> ruled.get().split().model(Route.FALLBACK));
        return found.orElseThrow(() -> absent(name, version));
    }

    private Refusal absent(String name, Optional<String> version) {
        List<String> names = models.names();
        if (!names.contains(name)) {
            String suggestion = Nearest.to(Quoted.shortened(name), names)
                    .map(near -> "; did you mean '" + near + "'?")
                    .orElse(names.isEmpty() ? "; there are no models" : "; models: " + String.join(", ", names));
            return new Refusal(Refusal.Kind.UNKNOWN, "there is no model " + Quoted.of(name) + suggestion);
        }
        List<String> versions = models.versions(name);
        if (version.isPresent() && !versions.contains(version.get())) {
            return new Refusal(
                    Refusal.Kind.UNKNOWN,
                    "model '" + name + "' has no version " + Quoted.of(version.get()) + "; versions: "
                            + String.join(", ", versions));
        }
        return unavailable(name);
    }

    private static Refusal unavailable(String name) {
        return new Refusal(
                Refusal.Kind.UNAVAILABLE,
                "model '" + name + "' has no version that can be used now; /q/health/ready says why");
    }

    /**
     * Runs a model.
     *
     * @param given the inputs by name, in any order
     * @param wanted the names of the outputs that are wanted; all of them if there are none
     * @param asked how it came, as metrics say it
     * @return the outputs by name, in the order in which they are wanted
     */
    Map<String, Tensor> infer(
            Turn turn, Map<String, Tensor> given, List<String> wanted, Deadline deadline, String asked) {
        OnnxModel graph = turn.model().graph();
        Map<String, Tensor> inputs = checked(graph.inputs(), given);
        List<String> answered = wanted.isEmpty()
                ? graph.outputs().stream().map(TensorSpec::name).toList()
                : wanted;
        Optional<String> looked = Onlookers.output(turn);
        List<String> names = looked.isEmpty() || answered.contains(looked.get())
                ? answered
                : Stream.concat(answered.stream(), looked.stream()).toList();
        Map<String, Tensor> outputs = run(turn, inputs, names, deadline, asked);
        looked.ifPresent(output -> onlookers.saw(turn, inputs, outputs.get(output), asked));
        outputs.keySet().retainAll(answered);
        return outputs;
    }

    private Map<String, Tensor> run(
            Turn turn, Map<String, Tensor> inputs, List<String> names, Deadline deadline, String asked) {
        OnnxModel graph = turn.model().graph();
        String name = turn.model().description().name();
        String version = turn.model().description().version();
        String route = turn.route().metric(asked);
        long begin = System.nanoTime();
        try {
            List<Tensor> tensors = batching.until(deadline).run(graph, inputs, names);
            metrics.took(name, version, Duration.ofNanos(System.nanoTime() - begin));
            metrics.predicted(name, version, route, "ok", rows(graph, inputs));
            Map<String, Tensor> outputs = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                outputs.put(names.get(i), tensors.get(i));
            }
            return outputs;
        } catch (OrtException e) {
            if (turn.route() != Route.MAIN) {
                // Of the model itself nobody knows whether it is to blame, or what it was given.
                metrics.predicted(name, version, route, "failed", rows(graph, inputs));
            }
            throw new Refusal(
                    Refusal.Kind.FAILED,
                    "model '" + name + "' fails on these inputs: " + Quoted.shortened(String.valueOf(e.getMessage())));
        } catch (BusyException e) {
            throw new Refusal(Refusal.Kind.BUSY, e.getMessage());
        } catch (LateException e) {
            throw new Refusal(Refusal.Kind.LATE, e.getMessage());
        }
    }

    private static int rows(OnnxModel graph, Map<String, Tensor> inputs) {
        return graph.takesRows() ? inputs.values().iterator().next().rows() : 1;
    }

    /** The outputs' specifications of those names; all of them if there are none. */
    static void requireOutputs(Model model, Collection<String> wanted) {
        List<String> names =
                model.graph().outputs().stream().map(TensorSpec::name).toList();
        for (String name : wanted) {
            if (!names.contains(name)) {
                throw Refusal.invalid("model '" + model.description().name() + "' has no output " + Quoted.of(name)
                        + "; outputs: " + String.join(", ", names));
            }
        }
    }

    /** The input of that name. */
    static TensorSpec input(Model model, String name) {
        List<TensorSpec> inputs = model.graph().inputs();
        return inputs.stream()
                .filter(input -> input.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid("model '"
                        + model.description().name() + "' has no input " + Quoted.of(name) + "; inputs: "
                        + inputs.stream().map(TensorSpec::name).collect(Collectors.joining(", "))));
    }

    private static Map<String, Tensor> checked(List<TensorSpec> specs, Map<String, Tensor> given) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (TensorSpec spec : specs) {
            Tensor tensor = given.get(spec.name());
            if (tensor == null) {
                throw Refusal.invalid("input '" + spec.name() + "' is missing");
            }
            inputs.put(spec.name(), tensor);
        }
        return inputs;
    }

    /**
     * Compares what a request says of an input with what the graph says of it.
     *
     * @throws Refusal if they do not fit
     */
    static void requireFit(TensorSpec spec, String type, long[] shape) {
        if (!spec.type().name().equals(type)) {
            throw Refusal.invalid("input '" + spec.name() + "' is " + spec.type() + ", not " + Quoted.of(type));
        }
        for (long dimension : shape) {
            if (dimension < 1) {
                throw Refusal.invalid(
                        "input '" + spec.name() + "' has a dimension of " + dimension + "; each is at least 1");
            }
        }
        if (!spec.takes(shape)) {
            throw Refusal.invalid("input '" + spec.name() + "' takes the shape " + spec.shape()
                    + ", where -1 is any, not " + Quoted.shortened(java.util.Arrays.toString(shape)));
        }
        try {
            Tensor.count(shape);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid("input '" + spec.name() + "': " + e.getMessage());
        }
    }
}
