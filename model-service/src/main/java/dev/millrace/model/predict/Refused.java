package dev.millrace.model.predict;

import dev.millrace.service.problem.Problem;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the requests to {@code /predict} that were answered with a 5xx, by the reason that the caller was told: who is to find
 * out why has neither the caller's answer nor a line in the log. Thread-safe.
 */
@Startup
@ApplicationScoped
public class Refused {
    private static final String PROBLEMS = "/problems/";

    private final Map<String, Counter> byReason = new ConcurrentHashMap<>();
    private final MeterRegistry registry;

    Refused(MeterRegistry registry) {
        this.registry = registry;
        // A counter that is there only from its first refusals on does not show them as an increase.
        for (String reason : new String[] {"busy", "late", "starting", "model-unavailable", "features-unavailable"}) {
            of(reason);
        }
    }

    /** Counts one. */
    void count(Problem problem) {
        of(problem.type().substring(PROBLEMS.length())).increment();
    }

    private Counter of(String reason) {
        return byReason.computeIfAbsent(
                reason,
                key -> Counter.builder("millrace.predict.refused")
                        .description("Requests to /predict that were answered with a 5xx, by the reason.")
                        .tags("reason", key)
                        .register(registry));
    }
}
