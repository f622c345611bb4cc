package dev.millrace.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The Pod Security Standard {@code restricted}, and what Millrace asks beyond it: a root file system that is read only. */
final class RestrictedStandard {
    private static final Set<String> VOLUMES = Set.of(
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret");

    private RestrictedStandard() {}

    static List<String> violations(Rendering.Pod pod) {
        List<String> violations = new ArrayList<>();
        JsonNode spec = pod.spec();
        for (String host : List.of("hostNetwork", "hostPID", "hostIPC")) {
            require(!spec.path(host).asBoolean(), host, violations);
        }
        JsonNode security = spec.path("securityContext");
        require(security.path("runAsNonRoot").asBoolean(), "pod: runAsNonRoot", violations);
        require(security.path("runAsUser").asInt() != 0, "pod: runAsUser", violations);
        require(
                security.at("/seccompProfile/type").asText().equals("RuntimeDefault"),
                "pod: seccompProfile",
                violations);
        require(!security.has("sysctls"), "pod: sysctls", violations);
        for (JsonNode volume : spec.path("volumes")) {
            volume.fieldNames().forEachRemaining(field -> {
                if (!field.equals("name")) {
                    require(VOLUMES.contains(field), "volume " + field, violations);
                }
            });
        }
        pod.containers().forEach(container -> container(container, violations));
        return violations;
    }

    private static void container(JsonNode container, List<String> violations) {
        String name = container.path("name").asText();
        JsonNode security = container.path("securityContext");
        require(
                security.path("allowPrivilegeEscalation").isBoolean()
                        && !security.path("allowPrivilegeEscalation").asBoolean(),
                name + ": allowPrivilegeEscalation",
                violations);
        require(!security.path("privileged").asBoolean(), name + ": privileged", violations);
        require(
                Trees.elements(security.at("/capabilities/drop"))
                        .anyMatch(dropped -> dropped.asText().equals("ALL")),
                name + ": capabilities.drop",
                violations);
        require(!security.path("capabilities").has("add"), name + ": capabilities.add", violations);
        require(security.path("readOnlyRootFilesystem").asBoolean(), name + ": readOnlyRootFilesystem", violations);
        for (JsonNode port : container.path("ports")) {
            require(!port.has("hostPort"), name + ": hostPort", violations);
        }
    }

    private static void require(boolean holds, String what, List<String> violations) {
        if (!holds) {
            violations.add(what);
        }
    }
}
