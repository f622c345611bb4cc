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
     * Where the ONNX files of registered versions are kept: {@code database}, a folder that every replica sees, or
     * {@code s3://bucket/prefix}. Versions that were registered before stay where they are.
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

    /** The storage that {@code s3://} means. */
    S3 s3();

    /** Storage that speaks S3's protocol. Credentials are no part of it: they come from the environment. */
    interface S3 {
        /**
         * The address of storage that is not Amazon's, such as {@code http://minio:9000}. Without one it is Amazon's. Credentials are taken
         * from {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}, a web identity, or whatever else Amazon's SDK finds.
         */
        Optional<URI> endpoint();

        /** The bucket's region; without one {@code AWS_REGION}, and at an endpoint that needs none {@code us-east-1}. */
        Optional<String> region();

        /**
         * Whether the bucket stands in the path of an address ({@code true}, what MinIO and Ceph want) or in the host's name ({@code false}).
         * Unless it is said: {@code true} where there is an endpoint.
         */
        Optional<Boolean> pathStyle();

        /** How long reading or writing one file may take, with everything that is tried again. */
        @WithDefault("15s")
        Duration timeout();
    }
}
