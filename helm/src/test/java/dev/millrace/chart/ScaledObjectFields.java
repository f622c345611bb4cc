package dev.millrace.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The fields of KEDA's ScaledObject and of its triggers `cpu` and `kafka`, as its reference names them. */
final class ScaledObjectFields {
    private static final Set<String> SPEC = Set.of(
            "scaleTargetRef",
            "pollingInterval",
            "cooldownPeriod",
            "initialCooldownPeriod",
            "idleReplicaCount",
            "minReplicaCount",
            "maxReplicaCount",
            "fallback",
            "advanced",
            "triggers");
    private static final Set<String> TRIGGER =
            Set.of("type", "name", "useCachedMetrics", "metadata", "authenticationRef", "metricType");
    private static final Set<String> CPU = Set.of("value", "containerName");
    private static final Set<String> KAFKA = Set.of(
            "bootstrapServers",
            "consumerGroup",
            "topic",
            "lagThreshold",
            "activationLagThreshold",
            "offsetResetPolicy",
            "allowIdleConsumers",
            "scaleToZeroOnInvalidOffset",
            "excludePersistentLag",
            "limitToPartitionsWithLag",
            "ensureEvenDistributionOfPartitions",
            "version",
            "partitionLimitation",
            "sasl",
            "tls");

    private ScaledObjectFields() {}

    static List<String> mistakes(ObjectNode object) {
        List<String> mistakes = new ArrayList<>();
        JsonNode spec = object.path("spec");
        check(spec, SPEC, "/spec", mistakes);
        check(spec.path("scaleTargetRef"), Set.of("apiVersion", "kind", "name"), "/spec/scaleTargetRef", mistakes);
        check(spec.path("fallback"), Set.of("failureThreshold", "replicas", "behavior"), "/spec/fallback", mistakes);
        for (JsonNode trigger : spec.path("triggers")) {
            check(trigger, TRIGGER, "/spec/triggers", mistakes);
            Set<String> known = trigger.path("type").asText().equals("cpu") ? CPU : KAFKA;
            check(trigger.path("metadata"), known, "/spec/triggers/metadata", mistakes);
            trigger.path("metadata").properties().forEach(entry -> {
                if (!entry.getValue().isTextual()) {
                    mistakes.add("/spec/triggers/metadata/" + entry.getKey() + " is not a string");
                }
            });
        }
        return mistakes;
    }

    private static void check(JsonNode mapping, Set<String> known, String path, List<String> mistakes) {
        mapping.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                mistakes.add(path + "/" + name + " is no field of KEDA's");
            }
        });
    }
}
