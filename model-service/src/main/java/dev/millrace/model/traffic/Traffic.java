package dev.millrace.model.traffic;

import ai.onnxruntime.OrtException;
import dev.millrace.model.registry.Model;
import dev.millrace.model.registry.Models;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import io.smallrye.faulttolerance.api.Guard;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * Shares a model's inputs out between its versions as the pipeline declares it, and keeps a circuit breaker for each
 * version that has somebody to stand in for it. Thread-safe.
 */
@ApplicationScoped
public class Traffic {
    /** Of the last so many calls of a version … */
    private static final int CALLS = 10;
    /** … this part may fail before it is left alone … */
    private static final double FAILURES = 0.5;
    /** … for so long, after which one call tells whether it works again. */
    private static final int SECONDS_ALONE = 5;

    private final Models models;
    private final Map<String, Guard> breakers = new ConcurrentHashMap<>();

    /** Shares out what those models score. */
    public Traffic(Models models) {
        this.models = models;
    }

    /** How the pipeline's inputs are shared out now. */
    public Split split(Pipeline pipeline, ModelReference reference) {
        return new Split(pipeline, reference, alias -> models.find(reference.name(), alias));
    }

    /** What to do where nobody has registered a version that the pipeline's model could be, see {@link Models#unregistered}. */
    public Optional<String> unregistered(ModelReference reference) {
        return models.unregistered(reference.name(), reference.effectiveAlias());
    }

    /** A call of a version. */
    public interface Call<T> {
        /** Calls it. */
        T of() throws OrtException;
    }

    /**
     * Calls a version, unless its last calls failed.
     *
     * @throws OrtException if the version fails, or failed lately
     */
    public <T> T guarded(Model model, Class<T> type, Call<T> call) throws OrtException {
        String version = model.description().name() + "/" + model.description().version();
        Guard breaker = breakers.computeIfAbsent(version, Traffic::breaker);
        try {
            return breaker.call((Callable<T>) call::of, type);
        } catch (CircuitBreakerOpenException e) {
            throw new OrtException("version " + model.description().version() + " of model "
                    + model.description().name() + " failed too often in its last " + CALLS
                    + " calls and is left alone for " + SECONDS_ALONE + " s");
        } catch (OrtException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a call of a model throws nothing else", e);
        }
    }

    private static Guard breaker(String version) {
        return Guard.create()
                .withDescription(version)
                .withCircuitBreaker()
                .failOn(OrtException.class)
                .requestVolumeThreshold(CALLS)
                .failureRatio(FAILURES)
                .delay(SECONDS_ALONE, ChronoUnit.SECONDS)
                .done()
                .build();
    }
}
