package dev.millrace.model.predict;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What callers of {@code /predict} may send. */
@ConfigMapping(prefix = "millrace.predict")
public interface PredictSettings {
    /** The most inputs in one request. */
    @WithDefault("1000")
    int maxInputs();

    /** The largest body. */
    @WithDefault("4M")
    MemorySize maxBody();

    /**
     * How many requests may be answered or wait for it at once, of {@code /predict} and of the Open Inference Protocol over HTTP;
     * one beyond that is answered with 503.
     */
    @WithDefault("256")
    int maxConcurrent();

    /**
     * How long a request may take, of {@code /predict} and of the Open Inference Protocol, unless its client says another
     * time; afterwards it is answered with 503. Clients say it in the header {@code X-Request-Timeout}, or as gRPC does.
     */
    @WithDefault("10s")
    Duration timeout();

    /** How many reasons a prediction is given. */
    @WithDefault("3")
    int reasons();
}
