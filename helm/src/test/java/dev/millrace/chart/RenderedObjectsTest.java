package dev.millrace.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of every object, whatever the values. */
class RenderedObjectsTest {
    private static final List<String> SERVICES = List.of("ingest", "transform", "model", "load");
    private static final Map<String, Integer> PORTS =
            Map.of("ingest", 8081, "transform", 8082, "model", 8083, "load", 8084);
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    /** What the JVM, Amazon's SDK and the images for trying out read, and no service. */
    private static final Set<String> NOT_OF_A_SERVICE =
            Set.of("JAVA_TOOL_OPTIONS", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "MILLRACE_ADVERTISED_HOST");

    private static final Map<Path, Rendering> RENDERED = new HashMap<>();

    static List<Path> scenarios() {
        return Repository.scenarios();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void every_object_has_only_fields_that_kubernetes_knows(Path values) {
        for (ObjectNode object : rendered(values).objects()) {
            assertThat(StrictModels.mistakes(object)).as(describe(object)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void every_object_is_there_once_and_says_whose_it_is(Path values) {
        Set<String> seen = new HashSet<>();
        for (ObjectNode object : rendered(values).objects()) {
            assertThat(seen.add(object.path("apiVersion").asText() + describe(object)))
                    .as(describe(object))
                    .isTrue();
            if (object.path("metadata").has("labels")) {
                assertThat(Rendering.name(object)).as(describe(object)).matches(NAME);
                assertThat(Trees.texts(object.at("/metadata/labels")))
                        .as(describe(object))
                        .containsEntry("app.kubernetes.io/name", "millrace")
                        .containsEntry("app.kubernetes.io/part-of", "millrace")
                        .containsEntry("app.kubernetes.io/instance", Rendering.RELEASE)
                        .containsKeys("app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void every_pod_keeps_to_the_restricted_standard(Path values) {
        rendered(values)
                .pods()
                .forEach(pod -> assertThat(RestrictedStandard.violations(pod))
                        .as(pod.toString())
                        .isEmpty());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void every_container_asks_for_cpu_and_memory_and_is_not_slowed_down(Path values) {
        rendered(values)
                .pods()
                .forEach(pod -> pod.containers().forEach(container -> {
                    JsonNode resources = container.path("resources");
                    assertThat(resources.at("/requests/cpu").asText())
                            .as(pod.toString())
                            .isNotEmpty();
                    assertThat(resources.at("/requests/memory").asText())
                            .as(pod.toString())
                            .isNotEmpty();
                    assertThat(resources.at("/limits/memory").asText())
                            .as(pod.toString())
                            .isNotEmpty();
                    assertThat(resources.path("limits").has("cpu"))
                            .as(pod.toString())
                            .isFalse();
                }));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void every_selector_means_its_own_pods_and_no_others(Path values) {
        Rendering rendering = rendered(values);
        rendering
                .objects()
                .forEach(object -> selectors(object).forEach(selector -> {
                    List<String> meant = rendering
                            .pods()
                            .filter(pod -> Trees.matches(
                                    selector, pod.template().path("metadata").path("labels")))
                            .map(pod -> component(pod.template()))
                            .distinct()
                            .toList();
                    assertThat(meant).as(describe(object)).containsExactly(component(object));
                }));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void services_lead_to_ports_that_containers_have(Path values) {
        Rendering rendering = rendered(values);
        rendering.ofKind("Service").forEach(service -> {
            Rendering.Pod pod = rendering
                    .pods()
                    .filter(candidate -> component(candidate.template()).equals(component(service)))
                    .findFirst()
                    .orElseThrow();
            for (JsonNode port : service.at("/spec/ports")) {
                JsonNode target = pod.containers()
                        .flatMap(container -> Trees.elements(container.path("ports")))
                        .filter(candidate -> candidate.path("name").equals(port.path("targetPort")))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(describe(service) + " leads to no port"));
                assertThat(target.path("containerPort").asInt())
                        .as(describe(service))
                        .isEqualTo(port.path("port").asInt());
            }
        });
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void what_is_named_by_another_object_is_there(Path values) {
        Rendering rendering = rendered(values);
        Stream.concat(rendering.ofKind("HorizontalPodAutoscaler"), rendering.ofKind("ScaledObject"))
                .forEach(scaler -> assertThat(rendering.has(
                                "Deployment",
                                scaler.at("/spec/scaleTargetRef/name").asText()))
                        .as(describe(scaler))
                        .isTrue());
        rendering
                .objects()
                .forEach(object -> Stream.of("/spec/rules").forEach(pointer -> {
                    for (JsonNode rule : object.at(pointer)) {
                        backends(rule)
                                .forEach(backend -> assertThat(rendering.has("Service", backend))
                                        .as(describe(object) + " leads to " + backend)
                                        .isTrue());
                    }
                }));
        rendering.ofKind("RoleBinding").forEach(binding -> {
            assertThat(rendering.has("Role", binding.at("/roleRef/name").asText()))
                    .isTrue();
            assertThat(rendering
                            .pods()
                            .map(pod -> pod.spec().path("serviceAccountName").asText()))
                    .contains(binding.at("/subjects/0/name").asText());
        });
        rendering.pods().forEach(pod -> {
            Set<String> volumes = Trees.elements(pod.spec().path("volumes"))
                    .map(volume -> volume.path("name").asText())
                    .collect(Collectors.toCollection(TreeSet::new));
            Trees.elements(pod.owner().at("/spec/volumeClaimTemplates"))
                    .forEach(claim -> volumes.add(Rendering.name(claim)));
            pod.containers()
                    .flatMap(container -> Trees.elements(container.path("volumeMounts")))
                    .forEach(mount -> assertThat(volumes)
                            .as(pod.toString())
                            .contains(mount.path("name").asText()));
        });
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void the_services_are_probed_where_they_answer(Path values) {
        Rendering rendering = rendered(values);
        for (String service : SERVICES) {
            JsonNode container = container(rendering, service);
            assertThat(container.at("/ports/0/name").asText()).isEqualTo("http");
            assertThat(container.at("/ports/0/containerPort").asInt())
                    .isEqualTo(PORTS.get(service))
                    .isEqualTo(configuredPort(service));
            assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/q/health/started");
            assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/q/health/live");
            assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/q/health/ready");
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                assertThat(container.path(probe).at("/httpGet/port").asText()).isEqualTo("http");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void a_pod_has_time_to_leave_before_it_is_killed(Path values) {
        Rendering rendering = rendered(values);
        for (String service : SERVICES) {
            Rendering.Pod pod = pod(rendering, service);
            Map<String, String> environment = environment(rendering, service);
            int drain = seconds(environment.get("QUARKUS_SHUTDOWN_DELAY"));
            int shutdown = seconds(environment.get("QUARKUS_SHUTDOWN_TIMEOUT"));
            assertThat(pod.spec().path("terminationGracePeriodSeconds").asInt()).isGreaterThan(drain + shutdown + 15);
        }
    }

    /** One that merely slept before it is told would keep its clients' connections until they break. */
    @ParameterizedTest
    @MethodSource("scenarios")
    void a_pod_that_is_to_end_knows_it_while_it_still_answers(Path values) {
        Rendering rendering = rendered(values);
        for (String service : SERVICES) {
            assertThat(container(rendering, service).has("lifecycle")).isFalse();
            assertThat(seconds(environment(rendering, service).get("QUARKUS_SHUTDOWN_DELAY")))
                    .isGreaterThanOrEqualTo(5);
        }
    }

    /** Kustomize moves objects to another namespace by their metadata, not by what their text says. */
    @ParameterizedTest
    @MethodSource("scenarios")
    void no_pod_is_told_the_name_of_its_namespace_as_text(Path values) {
        Rendering rendering = rendered(values);
        for (ObjectNode object : rendering.objects()) {
            if (!object.path("kind").asText().equals("StatefulSet")) {
                continue;
            }
            String namespace = object.at("/metadata/namespace").asText();
            for (JsonNode variable : object.at("/spec/template/spec/containers/0/env")) {
                assertThat(variable.path("value").asText()).as(describe(object)).doesNotContain("." + namespace + ".");
            }
        }
    }

    private static int seconds(String duration) {
        return Integer.parseInt(duration.replace("s", ""));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void every_environment_variable_is_a_key_that_the_service_reads(Path values) {
        Rendering rendering = rendered(values);
        ConfigurationReference reference = ConfigurationReference.read();
        for (String service : SERVICES) {
            for (String variable : environment(rendering, service).keySet()) {
                assertThat(reference.hasVariable(variable, service) || NOT_OF_A_SERVICE.contains(variable))
                        .as("%s sets %s, which docs/reference/configuration.md does not give to it", service, variable)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void nothing_secret_is_written_into_an_object(Path values) {
        for (ObjectNode object : rendered(values).objects()) {
            if (!object.path("kind").asText().equals("Secret")) {
                assertThat(object.toString().toLowerCase(java.util.Locale.ROOT))
                        .as(describe(object))
                        .doesNotContain("begin private key")
                        .doesNotContainPattern("password=[^ \"]");
            }
        }
    }

    private static Rendering rendered(Path values) {
        return RENDERED.computeIfAbsent(values, Rendering::of);
    }

    /** Variables and their values; of those that come from a Secret, where from. */
    private static Map<String, String> environment(Rendering rendering, String service) {
        JsonNode container = container(rendering, service);
        Map<String, String> environment = Trees.texts(rendering
                .get("ConfigMap", container.at("/envFrom/0/configMapRef/name").asText())
                .path("data"));
        for (JsonNode variable : container.path("env")) {
            environment.put(
                    variable.path("name").asText(),
                    variable.has("value")
                            ? variable.path("value").asText()
                            : variable.path("valueFrom").toString());
        }
        return environment;
    }

    private static JsonNode container(Rendering rendering, String service) {
        return pod(rendering, service)
                .containers()
                .filter(candidate -> candidate.path("name").asText().equals(service))
                .findFirst()
                .orElseThrow();
    }

    private static Rendering.Pod pod(Rendering rendering, String service) {
        return rendering
                .pods()
                .filter(candidate -> candidate.owner().path("kind").asText().equals("Deployment"))
                .filter(candidate -> component(candidate.template()).equals(service))
                .findFirst()
                .orElseThrow();
    }

    private static int configuredPort(String service) {
        return Arrays.stream(Repository.read(
                                Repository.ROOT.resolve(service + "-service/src/main/resources/application.properties"))
                        .split("\n"))
                .filter(line -> line.startsWith("quarkus.http.port="))
                .mapToInt(line -> Integer.parseInt(line.split("=")[1].strip()))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<JsonNode> selectors(ObjectNode object) {
        JsonNode spec = object.path("spec");
        return switch (object.path("kind").asText()) {
            case "Deployment", "StatefulSet", "PodDisruptionBudget" -> Stream.of(spec.path("selector"));
            case "Service" -> Stream.of(object.objectNode().set("matchLabels", spec.path("selector")));
            case "NetworkPolicy" -> component(object).isEmpty() ? Stream.empty() : Stream.of(spec.path("podSelector"));
            default -> Stream.empty();
        };
    }

    private static Stream<String> backends(JsonNode rule) {
        Stream<String> ofIngress = Trees.elements(rule.at("/http/paths"))
                .map(path -> path.at("/backend/service/name").asText());
        Stream<String> ofRoute = Trees.elements(rule.path("backendRefs"))
                .map(backend -> backend.path("name").asText());
        return Stream.concat(ofIngress, ofRoute);
    }

    private static String component(JsonNode object) {
        return Trees.texts(object.at("/metadata/labels")).getOrDefault("app.kubernetes.io/component", "");
    }

    private static String describe(JsonNode object) {
        return object.path("kind").asText() + " " + Rendering.name(object);
    }
}
