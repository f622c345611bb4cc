package dev.millrace.service.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent to an API server; what one makes of it is its own. */
class ApplyDefinitionsTest {
    private static final Path DEFINITION = Path.of("../k8s/crds/pipelines.millrace.dev.yaml");

    @TempDir
    Path folder;

    @Test
    void applies_every_definition_of_the_folder_as_it_is_written() throws Exception {
        Files.copy(DEFINITION, folder.resolve("pipelines.millrace.dev.yaml"));

        try (Answers server = new Answers(0, 0);
                KubernetesClient client = client(server)) {
            ApplyDefinitions.apply(client, folder);

            assertThat(server.asked).hasSize(1);
            assertThat(server.asked.get(0))
                    .startsWith("PATCH /apis/apiextensions.k8s.io/v1/customresourcedefinitions/pipelines.millrace.dev?")
                    .contains("fieldManager=helm", "force=true", "apply-patch+yaml", "v1alpha1", "CEL");
        }
    }

    @Test
    void fails_where_the_api_server_refuses() throws Exception {
        Files.copy(DEFINITION, folder.resolve("pipelines.millrace.dev.yaml"));

        try (Answers server = new Answers(Integer.MAX_VALUE, 403);
                KubernetesClient client = client(server)) {
            assertThatThrownBy(() -> ApplyDefinitions.apply(client, folder)).hasMessageContaining("Forbidden");
        }
    }

    @Test
    void applies_nothing_but_definitions() throws Exception {
        Files.writeString(folder.resolve("role.yaml"), """
                apiVersion: v1
                kind: ConfigMap
                metadata: { name: a }
                """);

        try (Answers server = new Answers(0, 0);
                KubernetesClient client = client(server)) {
            assertThatThrownBy(() -> ApplyDefinitions.apply(client, folder)).hasMessageContaining("ConfigMap");
            assertThat(server.asked).isEmpty();
        }
    }

    private static KubernetesClient client(Answers server) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl(server.address())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }
}
