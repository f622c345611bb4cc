package dev.millrace.model.registry;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where the models are. */
@ConfigMapping(prefix = "millrace.models")
public interface ModelsSettings {
    /**
     * The folder of the models: {@code <model>/<version>/model.onnx}, {@code model.json}, {@code <model>/aliases.json}.
     * With a database ({@code quarkus.datasource.jdbc.url}) its versions are imported; without one it is the registry.
     */
    @WithDefault("models")
    Path dir();

    /** How often the registry is looked at: a promotion holds on every replica within this and the time to load a model. */
    @WithDefault("2s")
    Duration poll();

    /** How long a version that no alias stands for stays loaded after somebody asked for it. */
    @WithDefault("1m")
    Duration linger();

    /**
     * Where the ONNX files of registered versions are kept: {@code database}, or a folder that every replica sees. Versions
     * that were registered before stay where they are.
     */
    @WithDefault("database")
    String artifacts();

    /** Who changes the registry over HTTP has to send it: {@code Authorization: Bearer <token>}. */
    Optional<String> token();

    /** Whether, while there is no token, programs on this machine may change the registry; all others may not. */
    @WithDefault("true")
    boolean localChanges();

    /** An MLflow server, such as {@code http://mlflow:5000}, from which versions can be registered by {@code models:/name@alias}. */
    Optional<URI> mlflow();

    /** What the MLflow server wants as a bearer token, if it wants one. */
    Optional<String> mlflowToken();
}
