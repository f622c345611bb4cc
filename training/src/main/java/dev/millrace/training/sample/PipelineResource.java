package dev.millrace.training.sample;

import dev.millrace.pipeline.declaration.PipelineDeclaration;
import dev.millrace.training.TrainingException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;

/** A pipeline that is a resource of the namespace in which a Job runs. */
final class PipelineResource {
    private static final ResourceDefinitionContext KIND = new ResourceDefinitionContext.Builder()
            .withGroup(PipelineDeclaration.API_VERSION.split("/")[0])
            .withVersion(PipelineDeclaration.API_VERSION.split("/")[1])
            .withKind(PipelineDeclaration.KIND)
            .withPlural("pipelines")
            .withNamespaced(true)
            .build();

    private PipelineResource() {}

    /** Its declaration, without what Kubernetes adds. */
    static String read(String name) {
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            GenericKubernetesResource resource =
                    client.genericKubernetesResources(KIND).withName(name).get();
            if (resource == null) {
                throw new TrainingException("there is no pipeline " + name + " in namespace " + client.getNamespace());
            }
            return Serialization.asJson(Map.of(
                    "apiVersion", resource.getApiVersion(),
                    "kind", resource.getKind(),
                    "metadata", Map.of("name", name),
                    "spec", resource.getAdditionalProperties().get("spec")));
        } catch (KubernetesClientException e) {
            throw new TrainingException(
                    "the cluster's API server does not give the pipeline " + name + ": " + e.getMessage(), e);
        }
    }
}
