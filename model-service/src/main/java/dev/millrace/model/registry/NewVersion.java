package dev.millrace.model.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * A version that is to be registered.
 *
 * @param model the model's name
 * @param version the version's name; empty: the next number
 * @param description what is said of it
 * @param onnx its bytes
 * @param sha256 their checksum
 * @param origin how it comes
 */
record NewVersion(
        String model, Optional<String> version, ObjectNode description, byte[] onnx, String sha256, String origin) {

    /** What is said of it under that name. */
    ObjectNode describedAs(String name) {
        return description.deepCopy().put("name", model).put("version", name).put("sha256", sha256);
    }
}
