package dev.millrace.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges an object as an API server with strict field validation would: by the typed models of the Kubernetes client,
 * which put what they do not know aside instead of refusing it. A Pipeline is judged by its definition's schema, a
 * ScaledObject, of which there is no model, by the fields of its reference that are used here.
 */
final class StrictModels {
    private static final ObjectMapper MAPPER = new ObjectMapper().registerModule(new JavaTimeModule());
    private static final Map<String, Class<? extends KubernetesResource>> MODELS = models(
            ClusterRole.class,
            ClusterRoleBinding.class,
            ConfigMap.class,
            CronJob.class,
            Deployment.class,
            HTTPRoute.class,
            HorizontalPodAutoscaler.class,
            Ingress.class,
            Job.class,
            NetworkPolicy.class,
            Pod.class,
            PodDisruptionBudget.class,
            PrometheusRule.class,
            Role.class,
            RoleBinding.class,
            Secret.class,
            Service.class,
            ServiceAccount.class,
            ServiceMonitor.class,
            StatefulSet.class);

    private StrictModels() {}

    /** What is wrong with it, by its path; nothing if nothing is. */
    static List<String> mistakes(ObjectNode object) {
        String kind =
                object.path("apiVersion").asText() + "/" + object.path("kind").asText();
        return switch (kind) {
            case "millrace.dev/v1alpha1/Pipeline" -> pipeline(object);
            case "keda.sh/v1alpha1/ScaledObject" -> ScaledObjectFields.mistakes(object);
            default -> MODELS.containsKey(kind) ? typed(object, MODELS.get(kind)) : List.of("no model for " + kind);
        };
    }

    private static List<String> typed(ObjectNode object, Class<? extends KubernetesResource> model) {
        List<String> mistakes = new ArrayList<>();
        try {
            unknown(MAPPER.treeToValue(object, model), "", mistakes);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            mistakes.add(e.getOriginalMessage());
        }
        return mistakes;
    }

    private static List<String> pipeline(ObjectNode object) {
        Path definition = Repository.CHART.resolve("crds/pipelines.millrace.dev.yaml");
        JsonNode schema = Yaml.parse(Repository.read(definition)).at("/spec/versions/0/schema/openAPIV3Schema");
        JsonSchema validator =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(closed(schema.deepCopy()));
        ObjectNode spec = object.objectNode();
        spec.set("apiVersion", object.path("apiVersion"));
        spec.set("kind", object.path("kind"));
        spec.set("spec", object.path("spec"));
        return validator.validate(spec).stream().map(Object::toString).toList();
    }

    /** An API server drops what a schema does not name; here that is a mistake. */
    private static JsonNode closed(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            if (object.has("properties") && !object.has("additionalProperties")) {
                object.put("additionalProperties", false);
            }
            // CEL rules and list kinds are the API server's alone.
            object.remove("x-kubernetes-validations");
            if (object.path("format").isTextual()) {
                object.remove("format");
            }
        }
        schema.forEach(StrictModels::closed);
        return schema;
    }

    private static void unknown(Object value, String path, List<String> mistakes) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, entry) -> unknown(entry, path + "/" + key, mistakes));
        } else if (value instanceof Collection<?> list) {
            int index = 0;
            for (Object element : list) {
                unknown(element, path + "/" + index++, mistakes);
            }
        } else if (value != null && value.getClass().getName().startsWith("io.fabric8.")) {
            fields(value, path, mistakes);
        }
    }

    private static void fields(Object value, String path, List<String> mistakes) {
        for (Class<?> type = value.getClass(); type != Object.class && type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || value instanceof Enum<?>) {
                    continue;
                }
                Object content = content(field, value);
                if (!field.getName().equals("additionalProperties")) {
                    unknown(content, path + "/" + field.getName(), mistakes);
                } else if (content instanceof Map<?, ?> unknown) {
                    unknown.keySet()
                            .forEach(key -> mistakes.add(path + "/" + key + " is no field of "
                                    + value.getClass().getSimpleName()));
                }
            }
        }
    }

    private static Object content(Field field, Object value) {
        try {
            field.setAccessible(true);
            return field.get(value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @SafeVarargs
    private static Map<String, Class<? extends KubernetesResource>> models(
            Class<? extends KubernetesResource>... types) {
        Map<String, Class<? extends KubernetesResource>> models = new HashMap<>();
        for (Class<? extends KubernetesResource> type : types) {
            String group = type.getAnnotation(Group.class).value();
            String version = type.getAnnotation(Version.class).value();
            String prefix = group.isEmpty() ? "" : group + "/";
            models.put(prefix + version + "/" + type.getSimpleName(), type);
        }
        return models;
    }
}
