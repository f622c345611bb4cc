package dev.millrace.model.traffic;

import dev.millrace.model.registry.Model;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.FallbackDeclaration;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How the inputs of one moment are shared out between the versions that are loaded. A version that does not fit the
 * pipeline's events takes no part: its inputs go to the model itself. Immutable and thread-safe.
 */
public final class Split {
    private final Pipeline pipeline;
    private final Optional<Model> main;
    private final Optional<Model> canary;
    private final Optional<Model> shadow;
    private final Optional<Model> fallback;
    private final OptionalDouble fallbackScore;
    private final Optional<Share> share;
    private final int by;

    Split(Pipeline pipeline, ModelReference reference, Loaded loaded) {
        this.pipeline = pipeline;
        this.main = loaded.find(reference.effectiveAlias());
        this.canary = reference
                .canary()
                .flatMap(declared -> loaded.find(declared.alias()))
                .filter(this::fits);
        this.shadow = reference
                .shadow()
                .flatMap(declared -> loaded.find(declared.alias()))
                .filter(this::fits);
        FallbackDeclaration declared = reference.fallback().orElse(null);
        this.fallback = declared instanceof FallbackDeclaration.Alias alias
                ? loaded.find(alias.alias()).filter(this::fits)
                : Optional.empty();
        this.fallbackScore = declared instanceof FallbackDeclaration.Score score
                ? OptionalDouble.of(score.score())
                : OptionalDouble.empty();
        this.share = reference.canary().map(part -> new Share(reference.name(), part.percent()));
        Schema clean = pipeline.cleanReader().schema();
        this.by = pipeline.declaration().spec().canaryKey().map(clean::find).orElse(-1);
    }

    /** The version that an alias of the model stands for. */
    interface Loaded {
        Optional<Model> find(String alias);
    }

    private boolean fits(Model model) {
        return model.misfit(pipeline).isEmpty();
    }

    /** The version that the declared alias stands for. */
    public Optional<Model> main() {
        return main;
    }

    /** The version that is compared. */
    public Optional<Model> shadow() {
        return shadow;
    }

    /** The version that answers on that route. */
    public Optional<Model> model(Route route) {
        return switch (route) {
            case MAIN -> main;
            case CANARY -> canary;
            case SHADOW -> shadow;
            case FALLBACK -> fallback;
        };
    }

    /** The score that is answered where the model can not. */
    public OptionalDouble fallbackScore() {
        return fallbackScore;
    }

    /** Whether anything answers where the model can not. */
    public boolean hasFallback() {
        return fallback.isPresent() || fallbackScore.isPresent();
    }

    /** Which rows go which way: their indices, in order. */
    public Map<Route, List<Integer>> assign(List<Row> rows) {
        Map<Route, List<Integer>> routes = new EnumMap<>(Route.class);
        for (int i = 0; i < rows.size(); i++) {
            routes.computeIfAbsent(isCanarys(rows.get(i)) ? Route.CANARY : Route.MAIN, route -> new ArrayList<>())
                    .add(i);
        }
        return routes;
    }

    /** Whether the canary answers for that key, whatever else is known of it. */
    public boolean isCanarys(String key) {
        return canary.isPresent() && share.orElseThrow().has(key);
    }

    private boolean isCanarys(Row row) {
        return canary.isPresent()
                && by >= 0
                && row.get(by) != null
                && share.orElseThrow().has(row.get(by).toString());
    }
}
