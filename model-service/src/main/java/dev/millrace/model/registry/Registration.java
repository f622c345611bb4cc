package dev.millrace.model.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A version as people look at it.
 *
 * @param version its name
 * @param description what was said of it
 * @param registered how it came; empty for a registry that is a folder
 */
record Registration(String version, ObjectNode description, Optional<Registered> registered) {
    /**
     * How a version came.
     *
     * @param at when
     * @param by who said that it was them
     * @param origin from where
     * @param bytes how many bytes its ONNX file has
     */
    record Registered(Instant at, String by, String origin, int bytes) {}

    /**
     * A model as people look at it.
     *
     * @param aliases the version that each alias stands for
     * @param versions its versions, the oldest first
     */
    record OfModel(Map<String, String> aliases, List<Registration> versions) {}
}
