package dev.millrace.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a release is made of, and what single values do to it. */
class ServicesTest {
    private static final List<String> SERVICES = List.of("ingest", "transform", "model", "load");
    private static final Path CI = Repository.CHART.resolve("ci");

    @Test
    void a_release_without_values_runs_the_card_fraud_example_on_a_broker_and_a_database_of_its_own() {
        Rendering rendering = Rendering.with();

        assertThat(names(rendering, "Deployment"))
                .containsExactlyInAnyOrder("millrace-ingest", "millrace-transform", "millrace-model", "millrace-load");
        assertThat(names(rendering, "StatefulSet"))
                .containsExactlyInAnyOrder("millrace-tryout-kafka", "millrace-tryout-postgres");
        for (String service : SERVICES) {
            assertThat(environment(rendering, service))
                    .containsEntry("KAFKA_BOOTSTRAP_SERVERS", "millrace-tryout-kafka:9092")
                    .containsEntry("MILLRACE_PIPELINES_SOURCE", "kubernetes")
                    .containsEntry("MILLRACE_LEADER_ENABLED", "true");
        }
        assertThat(environment(rendering, "load"))
                .containsEntry(
                        "QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://millrace-tryout-postgres:5432/millrace");
        assertThat(rendering.get("Pipeline", "card-fraud").path("spec"))
                .isEqualTo(Yaml.parse(Repository.read(Repository.ROOT.resolve("examples/card-fraud/pipeline.yaml")))
                        .path("spec"));
    }

    @Test
    void production_has_nothing_that_is_for_trying_out() {
        Rendering rendering = Rendering.of(Repository.CHART.resolve("values-production.yaml"));

        assertThat(rendering.objects().toString()).doesNotContain("tryout");
        assertThat(rendering.ofKind("StatefulSet")).isEmpty();
        assertThat(rendering.ofKind("Secret")).isEmpty();
        assertThat(rendering.ofKind("Pipeline")).isEmpty();
        assertThat(rendering.ofKind("PodDisruptionBudget")).hasSize(4);
        for (String service : SERVICES) {
            assertThat(environment(rendering, service))
                    .containsEntry("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
                    .containsEntry("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512")
                    .containsEntry("KAFKA_SSL_TRUSTSTORE_TYPE", "PEM");
            assertThat(rendering.get("Deployment", "millrace-" + service).toString())
                    .contains("{\"name\":\"KAFKA_SASL_JAAS_CONFIG\",\"valueFrom\":{\"secretKeyRef\":"
                            + "{\"name\":\"millrace-kafka\",\"key\":\"sasl.jaas.config\"}}}");
        }
    }

    @Test
    void no_network_policy_lets_a_service_reach_what_it_does_not_need() {
        Rendering rendering = Rendering.with();

        assertThat(rendering
                        .get("NetworkPolicy", "millrace-default-deny")
                        .path("spec")
                        .toString())
                .contains("\"policyTypes\":[\"Ingress\",\"Egress\"]")
                .doesNotContain("\"ingress\"")
                .doesNotContain("\"egress\"");
        for (String service : SERVICES) {
            String egress = rendering
                    .get("NetworkPolicy", "millrace-" + service)
                    .at("/spec/egress")
                    .toString();
            assertThat(egress).contains("tryout-kafka");
            assertThat(egress.contains("tryout-postgres"))
                    .as(service)
                    .isEqualTo(service.equals("load") || service.equals("model"));
            assertThat(egress).contains("{\"port\":53,\"protocol\":\"UDP\"},{\"port\":53,\"protocol\":\"TCP\"}");
        }
    }

    @Test
    void names_are_asked_where_the_cluster_s_dns_listens() {
        Rendering rendering = Rendering.with("networkPolicy.dns.ports[0]=5353");

        assertThat(rendering
                        .get("NetworkPolicy", "millrace-load")
                        .at("/spec/egress/0")
                        .toString())
                .isEqualTo("{\"ports\":[{\"port\":5353,\"protocol\":\"UDP\"},{\"port\":5353,\"protocol\":\"TCP\"}]}");
    }

    @Test
    void a_service_may_read_pipelines_and_write_their_status_and_its_own_lease_and_nothing_else() {
        JsonNode rules = Rendering.with().get("Role", "millrace-model").path("rules");

        assertThat(rules.toString()).isEqualTo("""
                [{"apiGroups":["millrace.dev"],"resources":["pipelines"],"verbs":["get","list","watch"]},\
                {"apiGroups":["millrace.dev"],"resources":["pipelines/status"],"verbs":["patch"]},\
                {"apiGroups":["","events.k8s.io"],"resources":["events"],"verbs":["create","patch"]},\
                {"apiGroups":["coordination.k8s.io"],"resources":["leases"],"verbs":["create"]},\
                {"apiGroups":["coordination.k8s.io"],"resources":["leases"],"resourceNames":["millrace-model"],\
                "verbs":["get","patch","update"]}]""");
        assertThat(Rendering.with().ofKind("ClusterRole")).isEmpty();
    }

    @Test
    void without_the_definition_pipelines_come_from_values_and_no_pod_may_ask_the_api_server() {
        Rendering rendering = Rendering.of(CI.resolve("folder-values.yaml"));

        assertThat(rendering.ofKind("Pipeline")).isEmpty();
        assertThat(rendering.ofKind("Role")).isEmpty();
        assertThat(Trees.texts(rendering.get("ConfigMap", "millrace-pipelines").path("data")))
                .containsOnlyKeys("clicks.yaml", "card-fraud.yaml");
        rendering
                .pods()
                .forEach(pod -> assertThat(
                                pod.spec().path("automountServiceAccountToken").asBoolean(true))
                        .isFalse());
    }

    @Test
    void an_autoscaler_has_the_number_of_pods_to_itself() {
        Rendering hpa = Rendering.of(CI.resolve("hpa-lag-values.yaml"));
        assertThat(hpa.ofKind("Deployment"))
                .noneMatch(deployment -> deployment.path("spec").has("replicas"));
        assertThat(names(hpa, "HorizontalPodAutoscaler")).isEqualTo(names(hpa, "Deployment"));
        assertThat(hpa.ofKind("HorizontalPodAutoscaler"))
                .allMatch(scaler -> scaler.at("/spec/behavior").has("scaleUp")
                        && scaler.at("/spec/behavior").has("scaleDown"));
        assertThat(hpa.get("HorizontalPodAutoscaler", "millrace-load")
                        .at("/spec/metrics")
                        .toString())
                .contains("millrace-load-orders", "millrace-load-card-fraud", "\"averageValue\":\"50000\"");
        assertThat(hpa.get("HorizontalPodAutoscaler", "millrace-ingest")
                        .at("/spec/metrics")
                        .toString())
                .doesNotContain("External");

        Rendering keda = Rendering.of(CI.resolve("keda-values.yaml"));
        assertThat(keda.ofKind("Deployment"))
                .noneMatch(deployment -> deployment.path("spec").has("replicas"));
        assertThat(keda.ofKind("HorizontalPodAutoscaler")).isEmpty();
        assertThat(names(keda, "ScaledObject")).isEqualTo(names(keda, "Deployment"));
    }

    @Test
    void only_what_is_for_others_is_led_to_from_outside() {
        Rendering rendering = Rendering.of(CI.resolve("edge-values.yaml"));

        assertThat(rendering.get("Ingress", "millrace").at("/spec/rules/0/http/paths"))
                .extracting(path -> path.path("path").asText() + " "
                        + path.at("/backend/service/name").asText())
                .containsExactly("/pipelines millrace-ingest", "/predict millrace-model", "/v2 millrace-model");
        assertThat(rendering.get("HTTPRoute", "millrace").at("/spec/rules"))
                .extracting(rule -> rule.at("/matches/0/path/value").asText())
                .containsExactly("/pipelines", "/predict", "/v2");
    }

    @Test
    void prometheus_gets_the_jobs_that_dashboards_and_rules_go_by() {
        Rendering rendering = Rendering.of(CI.resolve("edge-values.yaml"));

        assertThat(rendering
                        .ofKind("ServiceMonitor")
                        .map(monitor -> monitor.at("/spec/endpoints/0/relabelings/0/replacement")
                                .asText()))
                .containsExactlyInAnyOrderElementsOf(
                        SERVICES.stream().map(service -> "millrace-" + service).toList());
        List<Path> dashboards = Repository.files(Repository.CHART.resolve("files/dashboards"), ".json");
        Map<String, String> shown = rendering
                .ofKind("ConfigMap")
                .filter(map ->
                        map.at("/metadata/labels/grafana_dashboard").asText().equals("1"))
                .flatMap(map -> map.path("data").properties().stream())
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().asText()));
        assertThat(shown)
                .isEqualTo(dashboards.stream()
                        .collect(Collectors.toMap(file -> file.getFileName().toString(), Repository::read)));
    }

    @Test
    void alerts_are_those_of_the_rules_with_the_runbooks_and_labels_of_the_values() {
        Rendering rendering = Rendering.of(CI.resolve("edge-values.yaml"));
        int alerts = 0;
        for (JsonNode group : rendering.get("PrometheusRule", "millrace").at("/spec/groups")) {
            for (JsonNode rule : group.path("rules")) {
                if (rule.has("alert")) {
                    alerts++;
                    assertThat(rule.at("/labels/team").asText()).isEqualTo("data");
                    assertThat(rule.at("/annotations/runbook_url").asText())
                            .startsWith("https://wiki.example.com/runbooks/"
                                    + rule.path("alert").asText());
                }
            }
        }
        assertThat(alerts)
                .isEqualTo(Repository.files(Repository.CHART.resolve("files/rules"), ".yaml").stream()
                        .map(Repository::read)
                        .flatMap(String::lines)
                        .filter(line -> line.strip().startsWith("- alert:")
                                || line.strip().startsWith("alert:"))
                        .count());
    }

    @Test
    void what_is_said_for_one_service_wins_over_what_is_said_for_all() {
        Rendering rendering = Rendering.of(CI.resolve("pods-values.yaml"));

        assertThat(rendering
                        .get("Deployment", "events-ingest")
                        .at("/spec/replicas")
                        .asInt())
                .isEqualTo(4);
        assertThat(rendering
                        .get("Deployment", "events-load")
                        .at("/spec/replicas")
                        .asInt())
                .isEqualTo(3);
        assertThat(rendering
                        .pods()
                        .map(pod -> pod.spec().at("/containers/0/image").asText())
                        .distinct())
                .contains(
                        "registry.example.com/mirror/millrace/load:0.1.0-rc1",
                        "registry.example.com/mirror/millrace/ingest@sha256:"
                                + "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(rendering
                        .get("Deployment", "events-load")
                        .at("/spec/template/spec/serviceAccountName")
                        .asText())
                .isEqualTo("loader");
        assertThat(rendering.get("ConfigMap", "events-more").at("/data/release").asText())
                .isEqualTo(Rendering.RELEASE);
        assertThat(Trees.texts(rendering.get("ConfigMap", "events-load").path("data")))
                .containsEntry("MILLRACE_LOAD_BATCH_ROWS", "5000")
                .containsEntry("MILLRACE_PIPELINES_POLL", "2s");
    }

    @Test
    void pods_are_replaced_when_what_they_read_changes_and_not_for_another_version_of_the_chart() {
        String before = checksum(Rendering.with());

        assertThat(checksum(Rendering.with())).isEqualTo(before);
        assertThat(checksum(Rendering.with("topics.retention=7d"))).isNotEqualTo(before);
        Rendering.with()
                .pods()
                .forEach(pod -> assertThat(pod.template().at("/metadata/labels").has("helm.sh/chart"))
                        .as(pod.toString())
                        .isEqualTo(pod.owner().path("kind").asText().equals("Pod")));
    }

    @Test
    void training_runs_by_its_schedule_with_the_model_services_image_and_its_registry() {
        assertThat(Rendering.with().ofKind("CronJob")).isEmpty();

        Rendering rendering = Rendering.of(CI.resolve("edge-values.yaml"));
        JsonNode job = rendering.get("CronJob", "millrace-train-card-fraud");
        JsonNode pod = job.at("/spec/jobTemplate/spec/template/spec");
        assertThat(job.at("/spec/schedule").asText()).isEqualTo("0 3 * * 1");
        assertThat(pod.at("/containers/0/image"))
                .isEqualTo(rendering.get("Deployment", "millrace-model").at("/spec/template/spec/containers/0/image"));
        assertThat(pod.at("/containers/0/args").toString())
                .contains("train", "kubernetes:card-fraud", "--registry=http://millrace-model:8083", "--quick");
        assertThat(pod.at("/containers/0/env").toString())
                .contains("QUARKUS_DATASOURCE_JDBC_URL", "QUARKUS_DATASOURCE_PASSWORD")
                .contains("{\"name\":\"MILLRACE_REGISTRY_TOKEN\",\"valueFrom\":{\"secretKeyRef\":"
                        + "{\"name\":\"registry\",\"key\":\"token\"}}}");
        assertThat(rendering.get("NetworkPolicy", "millrace-model").toString()).contains("\"training\"");
        // What the model service needs to start one after drift.
        assertThat(job.at("/metadata/labels/millrace.dev~1pipeline").asText()).isEqualTo("card-fraud");
        assertThat(job.at("/metadata/labels/app.kubernetes.io~1component").asText())
                .isEqualTo("training");
        assertThat(rendering.get("Role", "millrace-model").path("rules").toString())
                .contains("{\"apiGroups\":[\"batch\"],\"resources\":[\"jobs\"],\"verbs\":[\"create\"]}");
        assertThat(rendering.get("Role", "millrace-load").path("rules").toString())
                .doesNotContain("batch");
        assertThat(Rendering.of(CI.resolve("folder-values.yaml"))
                        .get("CronJob", "millrace-train-clicks")
                        .at("/spec/jobTemplate/spec/template/spec/containers/0/args/1")
                        .asText())
                .isEqualTo("/etc/millrace/pipelines/clicks.yaml");
    }

    @Test
    void files_of_models_go_to_the_storage_that_the_values_name_and_nobody_else_may() {
        Rendering rendering = Rendering.of(CI.resolve("storage-values.yaml"));

        assertThat(environment(rendering, "model"))
                .containsEntry("MILLRACE_MODELS_ARTIFACTS", "s3://models/registry")
                .containsEntry("MILLRACE_MODELS_S3_ENDPOINT", "http://minio.storage:9000")
                .containsEntry("MILLRACE_MODELS_S3_REGION", "eu-central-1")
                .containsEntry("MILLRACE_MODELS_S3_PATH_STYLE", "true");
        assertThat(rendering.get("Deployment", "millrace-model").toString())
                .contains(
                        "{\"name\":\"AWS_SECRET_ACCESS_KEY\",\"valueFrom\":{\"secretKeyRef\":"
                                + "{\"name\":\"minio\",\"key\":\"password\"}}}",
                        "\"AWS_ACCESS_KEY_ID\"");
        assertThat(rendering
                        .get("NetworkPolicy", "millrace-model")
                        .at("/spec/egress")
                        .toString())
                .contains("{\"ports\":[{\"port\":9000,\"protocol\":\"TCP\"}]");
        assertThat(rendering.get("Deployment", "millrace-load").toString()).doesNotContain("AWS_");
        assertThat(rendering.get("NetworkPolicy", "millrace-load").toString()).doesNotContain("9000");
        assertThat(environment(Rendering.with(), "model")).doesNotContainKey("MILLRACE_MODELS_ARTIFACTS");
    }

    @Test
    void what_windows_hold_goes_to_the_redis_that_the_values_name_and_nobody_else_may() {
        Rendering rendering = Rendering.of(CI.resolve("redis-values.yaml"));

        assertThat(environment(rendering, "model"))
                .containsEntry("MILLRACE_FEATURES_REDIS_URL", "rediss://redis.cache:6380")
                .containsEntry("MILLRACE_FEATURES_REDIS_USERNAME", "millrace")
                .containsEntry("MILLRACE_FEATURES_REDIS_CA", "/etc/millrace/redis/ca.crt");
        assertThat(rendering.get("Deployment", "millrace-model").toString())
                .contains(
                        "{\"name\":\"MILLRACE_FEATURES_REDIS_PASSWORD\",\"valueFrom\":{\"secretKeyRef\":"
                                + "{\"name\":\"redis\",\"key\":\"secret\"}}}",
                        "\"mountPath\":\"/etc/millrace/redis\"",
                        "\"secretName\":\"redis-ca\"");
        assertThat(rendering
                        .get("NetworkPolicy", "millrace-model")
                        .at("/spec/egress")
                        .toString())
                .contains("{\"ports\":[{\"port\":6380,\"protocol\":\"TCP\"}]");
        assertThat(rendering.get("Deployment", "millrace-load").toString()).doesNotContain("REDIS");
        assertThat(rendering.get("NetworkPolicy", "millrace-load").toString()).doesNotContain("6380");
        assertThat(environment(Rendering.with(), "model")).doesNotContainKey("MILLRACE_FEATURES_REDIS_URL");
    }

    @Test
    void names_fit_however_long_the_release_s_is() {
        Rendering rendering = Rendering.with("fullnameOverride=a-name-that-someone-thought-would-be-self-explaining");

        // A StatefulSet's pods carry its name and a hash of ten letters in a label of at most 63.
        assertThat(rendering.ofKind("StatefulSet").map(Rendering::name)).allMatch(name -> name.length() <= 52);
    }

    private static String checksum(Rendering rendering) {
        return rendering
                .get("Deployment", "millrace-ingest")
                .at("/spec/template/metadata/annotations/checksum~1config")
                .asText();
    }

    private static Map<String, String> environment(Rendering rendering, String service) {
        return Trees.texts(rendering.get("ConfigMap", "millrace-" + service).path("data"));
    }

    private static Set<String> names(Rendering rendering, String kind) {
        return rendering.ofKind(kind).map(Rendering::name).collect(Collectors.toSet());
    }
}
