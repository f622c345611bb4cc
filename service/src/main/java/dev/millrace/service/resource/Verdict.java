package dev.millrace.service.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.millrace.pipeline.Pipeline;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Optional;

/**
 * What a resource declares.
 *
 * @param resource the resource as it is now; it belongs to a cache and is not changed
 * @param text its declaration, the same as long as nothing in it changes
 * @param mistake everything that is wrong with it, a line each, or nothing
 * @param good what runs: this declaration, or the last one without a mistake
 */
record Verdict(GenericKubernetesResource resource, String text, Optional<String> mistake, Optional<Good> good) {
    /**
     * A declaration without a mistake.
     *
     * @param generation the resource's latest generation that has it
     * @param spec the spec as JSON
     */
    record Good(Pipeline pipeline, long generation, String spec) {}

    String name() {
        return resource.getMetadata().getName();
    }

    long generation() {
        Long generation = resource.getMetadata().getGeneration();
        return generation == null ? 0 : generation;
    }

    /** The status as it was last seen; missing if nobody wrote one. */
    JsonNode status() {
        Object status = resource.getAdditionalProperties().get("status");
        return status == null ? MissingNode.getInstance() : Declarations.JSON.valueToTree(status);
    }

    /** This declaration refused for what only the broker knows; what runs is the last good one that the status names. */
    Verdict refused(String reason) {
        String last = status().path("lastGoodSpec").asText();
        Optional<Good> before = last.isEmpty() || mistake.isPresent()
                ? good
                : good.map(now -> new Good(
                        now.pipeline(), status().path("lastGoodGeneration").asLong(), last));
        return new Verdict(resource, text, mistake.or(() -> Optional.of(reason)), before);
    }

    /** The same declaration in a resource of which something else changed. */
    Verdict with(GenericKubernetesResource now) {
        Verdict moved = new Verdict(now, text, mistake, good);
        return mistake.isPresent() || good.isEmpty()
                ? moved
                : new Verdict(
                        now,
                        text,
                        mistake,
                        Optional.of(new Good(
                                good.get().pipeline(),
                                moved.generation(),
                                good.get().spec())));
    }
}
