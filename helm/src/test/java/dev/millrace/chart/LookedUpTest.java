package dev.millrace.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the chart makes of what is in the cluster already. */
class LookedUpTest {
    private static final String NAMESPACE = "/namespaces/" + Rendering.NAMESPACE;
    private static final String POSTGRES = Rendering.RELEASE + "-tryout-postgres";
    private static final String DEFINITION = "pipelines.millrace.dev";
    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/";

    @BeforeEach
    void start() {
        FakeCluster.start();
    }

    @AfterEach
    void forget() {
        FakeCluster.forget();
    }

    @Test
    void makes_a_password_up_at_first_and_keeps_it_ever_after() {
        String first = password(Rendering.with());
        assertThat(first).hasSize(32);
        assertThat(password(Rendering.with())).isNotEqualTo(first);

        FakeCluster.has("/api/v1" + NAMESPACE + "/secrets/" + POSTGRES, """
                {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "%s"}, "data": {"password": "%s"}}""".formatted(POSTGRES, base64(first)));

        assertThat(password(Rendering.with())).isEqualTo(first);
    }

    @Test
    void leaves_a_password_of_one_s_own_alone() {
        Rendering rendering = Rendering.with("tryout.postgres.existingSecret=mine");

        assertThat(rendering.has("Secret", POSTGRES)).isFalse();
        assertThat(rendering.get("Deployment", "millrace-load").toString()).contains("\"name\":\"mine\"");
        assertThat(rendering.get("StatefulSet", POSTGRES).toString()).contains("\"secretName\":\"mine\"");
    }

    @Test
    void takes_disks_where_the_cluster_has_a_default_class_of_them() {
        assertThat(hasDisk(Rendering.with())).isFalse();

        FakeCluster.has("/apis/storage.k8s.io/v1/storageclasses", """
                {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClassList", "metadata": {}, "items": [
                  {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "slow"}},
                  {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "standard",
                   "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}}]}""");

        assertThat(hasDisk(Rendering.with())).isTrue();
        assertThat(hasDisk(Rendering.with("tryout.persistence.enabled=false"))).isFalse();
    }

    @Test
    void neither_gives_nor_takes_a_disk_later_because_that_can_not_be_changed() {
        FakeCluster.has("/apis/apps/v1" + NAMESPACE + "/statefulsets/" + POSTGRES, """
                {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "%s"},
                 "spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}}""".formatted(POSTGRES));

        assertThat(hasDisk(Rendering.with())).isTrue();
        assertThat(Rendering.with()
                        .get("StatefulSet", "millrace-tryout-kafka")
                        .path("spec")
                        .has("volumeClaimTemplates"))
                .isFalse();
    }

    @Test
    void does_without_a_job_where_the_definition_is_the_chart_s() {
        assertThat(Rendering.with().ofKind("Job")).isEmpty();

        FakeCluster.has(DEFINITIONS + DEFINITION, asGivenBack(definition()));
        assertThat(Rendering.with().ofKind("Job")).isEmpty();
    }

    @Test
    void brings_a_changed_column_too() {
        ObjectNode older = definition();
        ((ObjectNode) older.at("/spec/versions/0/additionalPrinterColumns/0")).put("priority", 1);
        FakeCluster.has(DEFINITIONS + DEFINITION, asGivenBack(older));

        assertThat(Rendering.with().ofKind("Job")).hasSize(1);
    }

    @Test
    void brings_a_definition_that_differs_up_to_date_before_the_upgrade() {
        ObjectNode older = definition();
        ((ObjectNode) older.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties")).remove("model");
        FakeCluster.has(DEFINITIONS + DEFINITION, asGivenBack(older));

        Rendering rendering = Rendering.with();

        String name = "millrace-crd-upgrade";
        ObjectNode job = rendering.get("Job", name);
        assertThat(Trees.texts(job.at("/metadata/annotations")))
                .containsEntry(ChartCopy.HOOK, "pre-install,pre-upgrade")
                .containsEntry(ChartCopy.HOOK + "-delete-policy", "before-hook-creation,hook-succeeded");
        assertThat(StrictModels.mistakes(job)).isEmpty();
        rendering
                .pods()
                .filter(pod -> pod.owner() == job)
                .forEach(pod -> assertThat(RestrictedStandard.violations(pod)).isEmpty());
        String applied = rendering
                .get("ConfigMap", name)
                .path("data")
                .path(DEFINITION + ".yaml")
                .asText();
        assertThat(applied).isEqualTo(Repository.read(definitionFile()));
        assertThat(rendering
                        .get("ClusterRole", Rendering.NAMESPACE + "-" + name)
                        .at("/rules/0/resourceNames")
                        .toString())
                .isEqualTo("[\"" + DEFINITION + "\"]");
        assertThat(Rendering.with("crds.upgrade=false").ofKind("Job")).isEmpty();
    }

    private static ObjectNode definition() {
        return (ObjectNode) Yaml.parse(Repository.read(definitionFile()));
    }

    /** An API server leaves zeros out and adds what is its own. */
    private static String asGivenBack(ObjectNode definition) {
        for (JsonNode version : definition.at("/spec/versions")) {
            for (JsonNode column : version.path("additionalPrinterColumns")) {
                if (column.path("priority").asInt() == 0) {
                    ((ObjectNode) column).remove("priority");
                }
            }
        }
        ((ObjectNode) definition.path("spec")).putObject("conversion").put("strategy", "None");
        ((ObjectNode) definition.path("metadata")).put("uid", "1").put("generation", 1);
        definition.putObject("status").putArray("storedVersions").add("v1alpha1");
        return definition.toString();
    }

    private static Path definitionFile() {
        return Repository.CHART.resolve("crds/" + DEFINITION + ".yaml");
    }

    private static boolean hasDisk(Rendering rendering) {
        JsonNode spec = rendering.get("StatefulSet", POSTGRES).path("spec");
        return spec.has("volumeClaimTemplates");
    }

    private static String password(Rendering rendering) {
        byte[] decoded = Base64.getDecoder()
                .decode(rendering.get("Secret", POSTGRES).at("/data/password").asText());
        return new String(decoded, StandardCharsets.UTF_8);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
