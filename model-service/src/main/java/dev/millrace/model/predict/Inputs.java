package dev.millrace.model.predict;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.feature.LiveFeatures;
import dev.millrace.model.feature.LiveTransform;
import dev.millrace.model.feature.Look;
import dev.millrace.model.feature.StateAwayException;
import dev.millrace.model.registry.ModelDescription;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.service.problem.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Reads the inputs of a request and completes them with what the model needs. Thread-safe. */
@ApplicationScoped
public class Inputs {
    private final LiveFeatures live;
    private final Map<String, Need> needs = new ConcurrentHashMap<>();
    private final Map<String, InputReader> readers = new ConcurrentHashMap<>();

    /**
     * What a model needs beside the event.
     *
     * @param live whether it is anything
     * @param features whether it is for its features, and not for the canary's key alone
     */
    private record Need(Pipeline pipeline, ModelDescription model, boolean live, boolean features) {}

    Inputs(LiveFeatures live) {
        this.live = live;
    }

    /**
     * A completed row an input.
     *
     * @throws dev.millrace.service.problem.ProblemException 400 if one of them has a mistake
     * @throws StateAwayException if what completes them can not be asked now
     */
    List<Completed> read(List<ObjectNode> inputs, Pipeline pipeline, ModelDescription model) {
        List<Problem.Entry> entries = new ArrayList<>();
        List<Completed> completed = new ArrayList<>();
        Transform transform = pipeline.transform();
        Supplier<Look> looks = Look::atNothing;
        String name = name(pipeline, model);
        Need need = need(name, pipeline, model);
        if (need.live()) {
            live.need(pipeline);
            Optional<LiveTransform> whole = of(pipeline, need);
            transform = whole.map(LiveTransform::transform).orElse(transform);
            looks = whole.<Supplier<Look>>map(found -> found::look).orElse(looks);
        }
        InputReader reader = reader(name, pipeline, transform, model);
        for (int i = 0; i < inputs.size(); i++) {
            reader.read(inputs.get(i), i, looks, entries).ifPresent(completed::add);
        }
        if (!entries.isEmpty()) {
            throw PredictRequest.invalid(entries);
        }
        return completed;
    }

    /** Whether what completes an event for that model is asked of live features. */
    boolean asksLive(Pipeline pipeline, ModelDescription model) {
        return need(name(pipeline, model), pipeline, model).live();
    }

    private static String name(Pipeline pipeline, ModelDescription model) {
        return pipeline.name() + "/" + model.name() + "/" + model.version();
    }

    /** Without the canary's key, which may be a token, the model itself can answer. */
    private Optional<LiveTransform> of(Pipeline pipeline, Need need) {
        try {
            return Optional.of(live.of(pipeline));
        } catch (StateAwayException e) {
            if (need.features()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Need need(String name, Pipeline pipeline, ModelDescription model) {
        Need known = needs.get(name);
        if (known == null || known.pipeline() != pipeline || known.model() != model) {
            known = new Need(
                    pipeline,
                    model,
                    LiveFeatures.areNeededFor(pipeline, model.fields(pipeline)),
                    LiveFeatures.areNeededFor(pipeline, model.featureNames()));
            needs.put(name, known);
        }
        return known;
    }

    private InputReader reader(String name, Pipeline pipeline, Transform transform, ModelDescription model) {
        InputReader known = readers.get(name);
        if (known == null || !known.isFor(pipeline, transform, model)) {
            known = new InputReader(pipeline, transform, model);
            readers.put(name, known);
        }
        return known;
    }
}
