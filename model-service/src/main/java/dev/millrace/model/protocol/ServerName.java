package dev.millrace.model.protocol;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What the server says of itself. */
@ApplicationScoped
class ServerName {
    /** The extensions of the protocol that it knows. */
    static final List<String> EXTENSIONS = List.of("binary_tensor_data", "classification");
    /** What its models are run by. */
    static final String PLATFORM = "onnxruntime_onnx";

    private final String version;

    ServerName(@ConfigProperty(name = "quarkus.application.version") String version) {
        this.version = version;
    }

    String name() {
        return "millrace";
    }

    String version() {
        return version;
    }
}
