package dev.millrace.service.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.declaration.Mistake;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads resources with the reader of files, so that a mistake has the same words in both. Labels and annotations are left
 * out: tools write them, and a pipeline is not started anew for them.
 */
final class Declarations {
    static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Declarations() {}

    /** What the resource declares, given what was known of it. */
    static Verdict judge(GenericKubernetesResource resource, Optional<Verdict> last) {
        JsonNode spec = JSON.valueToTree(resource.getAdditionalProperties().get("spec"));
        String text = text(resource, spec);
        if (last.isPresent() && last.get().text().equals(text)) {
            return last.get().with(resource);
        }
        Verdict fresh = new Verdict(resource, text, Optional.empty(), Optional.empty());
        try {
            Verdict.Good good = new Verdict.Good(read(resource, text), fresh.generation(), spec.toString());
            return new Verdict(resource, text, Optional.empty(), Optional.of(good));
        } catch (InvalidDeclarationException e) {
            String mistake = e.mistakes().stream().map(Mistake::withoutPosition).collect(Collectors.joining("\n"));
            Optional<Verdict.Good> good = last.flatMap(Verdict::good).or(() -> lastGood(fresh));
            return new Verdict(resource, text, Optional.of(mistake), good);
        }
    }

    /** The last good declaration that the status keeps, for replicas that started after the mistake. */
    private static Optional<Verdict.Good> lastGood(Verdict verdict) {
        String spec = verdict.status().path("lastGoodSpec").asText();
        if (spec.isEmpty()) {
            return Optional.empty();
        }
        try {
            Pipeline pipeline = read(verdict.resource(), text(verdict.resource(), JSON.readTree(spec)));
            return Optional.of(new Verdict.Good(
                    pipeline, verdict.status().path("lastGoodGeneration").asLong(), spec));
        } catch (InvalidDeclarationException | JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static Pipeline read(GenericKubernetesResource resource, String text) throws InvalidDeclarationException {
        return Pipeline.of(DeclarationReader.read(resource.getMetadata().getName(), text));
    }

    /** The declaration alone, as JSON, which is YAML too. */
    private static String text(GenericKubernetesResource resource, JsonNode spec) {
        ObjectNode declaration = JsonNodeFactory.instance.objectNode();
        declaration.put("apiVersion", resource.getApiVersion());
        declaration.put("kind", resource.getKind());
        declaration.putObject("metadata").put("name", resource.getMetadata().getName());
        if (!spec.isNull()) {
            declaration.set("spec", spec);
        }
        return declaration.toString();
    }
}
