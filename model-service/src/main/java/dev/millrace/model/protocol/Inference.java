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
import dev.millrace.pipeline.expression.Nearest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What both transports do: find a model's version, compare what came with its graph, and run it. Thread-safe. */
@ApplicationScoped
class Inference {
    private static final String CHAMPION = "champion";
    /** An alias that moves leaves a moment between the look at it and the use of what it stood for. */
    private static final int LOOKS = 5;

    private final Models models;
    private final Batching batching;
    private final ModelMetrics metrics;

    Inference(Models models, Batching batching, ModelMetrics metrics) {
        this.models = models;
        this.batching = batching;
        this.metrics = metrics;
    }

    /** Does something with a version, which stays loaded meanwhile: the champion, if none is named. */
    <T> T with(String name, Optional<String> version, Function<Model, T> use) {
        for (int look = 0; look < LOOKS; look++) {
            Model model = find(name, version);
            OnnxModel graph = model.graph();
            if (graph.acquire()) {
                try {
                    return use.apply(model);
                } finally {
                    graph.release();
                }
            }
        }
        throw unavailable(name);
    }

    /** The versions that can be asked for. */
    List<String> versions(String name) {
        return models.versions(name);
    }

    private Model find(String name, Optional<String> version) {
        Optional<Model> found = version.isPresent() ? models.version(name, version.get()) : models.find(name, CHAMPION);
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
     * @param route how it came, as metrics say it
     * @return the outputs by name, in the order in which they are wanted
     */
    Map<String, Tensor> infer(
            Model model, Map<String, Tensor> given, List<String> wanted, Deadline deadline, String route) {
        OnnxModel graph = model.graph();
        Map<String, Tensor> inputs = checked(graph.inputs(), given);
        List<String> names = wanted.isEmpty()
                ? graph.outputs().stream().map(TensorSpec::name).toList()
                : wanted;
        String name = model.description().name();
        String version = model.description().version();
        long begin = System.nanoTime();
        try {
            List<Tensor> tensors = batching.until(deadline).run(graph, inputs, names);
            metrics.took(name, version, Duration.ofNanos(System.nanoTime() - begin));
            int rows = graph.takesRows() ? inputs.values().iterator().next().rows() : 1;
            metrics.predicted(name, version, route, "ok", rows);
            Map<String, Tensor> outputs = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                outputs.put(names.get(i), tensors.get(i));
            }
            return outputs;
        } catch (OrtException e) {
            throw Refusal.invalid(
                    "model '" + name + "' fails on these inputs: " + Quoted.shortened(String.valueOf(e.getMessage())));
        } catch (BusyException e) {
            throw new Refusal(Refusal.Kind.BUSY, e.getMessage());
        } catch (LateException e) {
            throw new Refusal(Refusal.Kind.LATE, e.getMessage());
        }
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
