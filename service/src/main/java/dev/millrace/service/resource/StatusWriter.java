package dev.millrace.service.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.cluster.Cluster;
import dev.millrace.service.leadership.Leadership;
import dev.millrace.service.resource.PipelineStatus.StageStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Writes the status of resources, of the leader of each service for its own stage. A write carries the version of the
 * resource that it was made from: who is no leader any more, or is late, is refused by the API server and looks again.
 * One thread.
 */
final class StatusWriter {
    private static final Logger LOG = Logger.getLogger(StatusWriter.class);

    /** What this replica works on. */
    interface Running {
        /** The declaration of that name for which there is something to work on: it, or the one before if it is refused. */
        Optional<Pipeline> find(String name);

        /** Why a declaration without a mistake can not take the place of the one before. */
        Optional<String> refusal(String name);

        /** Why others are not, by name. */
        Map<String, String> delays();
    }

    /** A stage that says nothing for so many periods is taken to be away. */
    private static final int SILENT_PERIODS = 9;

    private final Cluster cluster;
    private final PipelineResources resources;
    private final Running running;
    private final Leadership leadership;
    private final String stage;
    private final Duration every;
    private final ResourceEvents events;
    private final Map<String, String> replaced = new HashMap<>();
    private String failure = "";

    StatusWriter(
            Cluster cluster,
            PipelineResources resources,
            Running running,
            Leadership leadership,
            String stage,
            Duration every) {
        this.cluster = cluster;
        this.resources = resources;
        this.running = running;
        this.leadership = leadership;
        this.stage = stage;
        this.every = every;
        this.events = new ResourceEvents(cluster.client(), "millrace-" + stage, leadership.replica());
    }

    /** Writes what has changed, or is due. */
    void write(Fleet fleet) {
        for (Verdict verdict : resources.verdicts()) {
            if (!leadership.held()) {
                return;
            }
            try {
                write(verdict, fleet);
                failure = "";
            } catch (KubernetesClientException e) {
                reportFailure(verdict, e);
            }
        }
        replaced.keySet()
                .retainAll(resources.verdicts().stream().map(Verdict::name).toList());
    }

    private void write(Verdict read, Fleet fleet) {
        Verdict verdict = running.refusal(read.name()).map(read::refused).orElse(read);
        String version = verdict.resource().getMetadata().getResourceVersion();
        // Our own write has not come back by the watch yet.
        if (Objects.equals(replaced.get(verdict.name()), version)) {
            return;
        }
        Instant now = Instant.now();
        JsonNode before = verdict.status();
        Map<String, StageStatus> stages = stages(before);
        stages.put(stage, own(verdict, fleet, now));
        PipelineStatus status = new Summary(verdict, stages, now, every.multipliedBy(SILENT_PERIODS)).status();
        ObjectNode after = tree(status);
        if (!isDue(before, after, now)) {
            return;
        }
        tellEvents(verdict, before);
        patch(verdict.resource(), version, withoutOthers(before, after));
        replaced.put(verdict.name(), version);
    }

    private StageStatus own(Verdict verdict, Fleet fleet, Instant now) {
        boolean works = verdict.good()
                .filter(good -> running.find(verdict.name()).orElse(null) == good.pipeline())
                .isPresent();
        Figures figures = fleet.of(verdict.name());
        return new StageStatus(
                works,
                works ? verdict.good().orElseThrow().generation() : null,
                works ? figures.remark().orElse(null) : running.delays().get(verdict.name()),
                Math.round(figures.eventsPerSecond() * 10) / 10.0,
                figures.lag(),
                figures.rejected(),
                figures.modelVersion().orElse(null),
                fleet.replicas(),
                leadership.replica(),
                now.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static Map<String, StageStatus> stages(JsonNode status) {
        Map<String, StageStatus> stages = new TreeMap<>();
        status.path("stages").properties().forEach(stage -> {
            try {
                stages.put(stage.getKey(), Declarations.JSON.treeToValue(stage.getValue(), StageStatus.class));
            } catch (JsonProcessingException e) {
                LOG.debugf("a service of another version writes its part in another form: %s", e.getMessage());
            }
        });
        return stages;
    }

    private static ObjectNode tree(PipelineStatus status) {
        try {
            // By way of the text, so that numbers are of the same kind as those that were read.
            return (ObjectNode) Declarations.JSON.readTree(Declarations.JSON.writeValueAsString(status));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status is always JSON", e);
        }
    }

    /** At once if anything but figures changed, else once a period, and now and then as a sign of life. */
    private boolean isDue(JsonNode before, ObjectNode after, Instant now) {
        JsonNode last = before.path("stages").path(stage);
        if (!withoutFigures(before).equals(withoutFigures(after))) {
            return true;
        }
        if (!after.path("stages").has(stage)) {
            return false;
        }
        Duration age = Duration.between(Instant.parse(last.path("updatedAt").asText()), now);
        boolean changed = !figures(last).equals(figures(after.path("stages").path(stage)));
        return age.compareTo(changed ? every : every.multipliedBy(SILENT_PERIODS / 3)) >= 0;
    }

    private ObjectNode withoutFigures(JsonNode status) {
        ObjectNode rest = pruned(status);
        JsonNode own = rest.path("stages").path(stage);
        rest.remove("stages");
        if (own instanceof ObjectNode part) {
            part.remove(List.of("eventsPerSecond", "lag", "rejected", "replicas", "updatedAt"));
            rest.set("own", part);
        }
        return rest.remove(List.of("eventsPerSecond", "lag", "rejected"));
    }

    private static JsonNode figures(JsonNode part) {
        ObjectNode figures = JsonNodeFactory.instance.objectNode();
        for (String name : List.of("eventsPerSecond", "lag", "rejected", "replicas")) {
            figures.put(name, part.path(name).asDouble());
        }
        return figures;
    }

    /** Without nulls, which the API server does not keep. */
    private static ObjectNode pruned(JsonNode status) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        status.properties().forEach(field -> {
            if (field.getValue().isObject()) {
                copy.set(field.getKey(), pruned(field.getValue()));
            } else if (!field.getValue().isNull()) {
                copy.set(field.getKey(), field.getValue());
            }
        });
        return copy;
    }

    /** The API server forgets events after an hour; a mistake is told again as long as it stands. */
    private void tellEvents(Verdict verdict, JsonNode before) {
        try {
            if (verdict.mistake().isPresent()) {
                events.refused(verdict, verdict.mistake().get());
            } else if (before.path("phase").asText().equals("Invalid")) {
                events.accepted(verdict);
            }
        } catch (KubernetesClientException e) {
            reportFailure(verdict, e);
        }
    }

    /** The status with a null for each stage that has no part any more, which a merge patch takes for its end. */
    private static ObjectNode withoutOthers(JsonNode before, ObjectNode after) {
        ObjectNode stages = (ObjectNode) after.get("stages");
        before.path("stages").fieldNames().forEachRemaining(stage -> {
            if (!stages.has(stage)) {
                stages.putNull(stage);
            }
        });
        return after;
    }

    /**
     * A merge patch, since it takes a version and leaves the other fields alone. Server-side apply would own fields by
     * manager and overwrite a newer status without a word where forced, and be refused for ever where not.
     */
    private void patch(GenericKubernetesResource resource, String version, ObjectNode status) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("metadata").put("resourceVersion", version);
        patch.set("status", status);
        cluster.client()
                .genericKubernetesResources(PipelineResources.KIND)
                .inNamespace(cluster.namespace())
                .resource(resource)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    }

    private void reportFailure(Verdict verdict, KubernetesClientException e) {
        boolean expected =
                e.getCode() == HttpURLConnection.HTTP_CONFLICT || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
        String now = String.valueOf(e.getMessage());
        if (!expected && !now.equals(failure)) {
            LOG.warnf("the status of %s can not be written, trying again: %s", verdict.name(), now);
            failure = now;
        }
    }
}
