package dev.millrace.service.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.declaration.DeclarationSchema;
import dev.millrace.pipeline.declaration.Doc;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;

/**
 * The definition of the custom resource, made of the records that hold a declaration and a status. A structural schema
 * knows less than JSON Schema: one type a value, no examples, no closed objects (what is unknown is refused by kubectl and
 * dropped by the API server). What a schema can not say is said in CEL, where the API server can still afford it; the rest
 * is said by the services, in the status.
 */
final class ResourceDefinition {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /**
     * A rule of the API server for the object at a path of the declaration's schema.
     *
     * @param message what is said to who breaks it, as a CEL expression, in the words of the reader of files
     * @param field the key that is to blame, or nothing for the object itself
     */
    private record Rule(String path, String rule, String message, String field) {}

    private static final List<Rule> RULES = List.of(
            names("time", "has(self.fields) && self.time in self.fields"),
            new Rule(
                    "/spec/event",
                    "!has(self.fields) || !(self.time in self.fields) || self.fields[self.time].type == 'timestamp'"
                            + " && has(self.fields[self.time].required) && self.fields[self.time].required",
                    "'expected a field of type timestamp with required: true'",
                    ".time"),
            names("id", "!has(self.id) || has(self.fields) && self.id in self.fields"),
            names("key", "!has(self.key) || has(self.fields) && self.key in self.fields"),
            new Rule(
                    "/spec/event/fields/*",
                    "self.type == 'timestamp' || !has(self.formats)",
                    "'only a timestamp has formats, and this is a ' + self.type",
                    ".formats"),
            new Rule(
                    "/spec/event/fields/*",
                    "self.type == 'timestamp' || !has(self.zone)",
                    "'only a timestamp has a zone, and this is a ' + self.type",
                    ".zone"));

    private static Rule names(String role, String rule) {
        return new Rule("/spec/event", rule, "\"no field '\" + self." + role + " + \"' in event.fields\"", "." + role);
    }

    private ResourceDefinition() {}

    static ObjectNode definition() {
        ObjectNode crd = NODES.objectNode();
        crd.put("apiVersion", "apiextensions.k8s.io/v1").put("kind", "CustomResourceDefinition");
        crd.putObject("metadata").put("name", "pipelines.millrace.dev");
        ObjectNode spec = crd.putObject("spec");
        spec.put("group", "millrace.dev").put("scope", "Namespaced");
        ObjectNode names = spec.putObject("names");
        names.put("kind", "Pipeline").put("listKind", "PipelineList");
        names.put("plural", "pipelines").put("singular", "pipeline");
        names.putArray("shortNames").add("pl");
        names.putArray("categories").add("millrace");
        ObjectNode version = spec.putArray("versions").addObject();
        version.put("name", "v1alpha1").put("served", true).put("storage", true);
        version.putObject("subresources").putObject("status");
        ArrayNode columns = version.putArray("additionalPrinterColumns");
        column(columns, "Phase", "string", ".status.phase", 0);
        column(columns, "Events/s", "number", ".status.eventsPerSecond", 0);
        column(columns, "Lag", "integer", ".status.lag", 0);
        column(columns, "Rejected", "integer", ".status.rejected", 0);
        column(columns, "Model", "string", ".status.modelVersion", 0);
        column(columns, "Age", "date", ".metadata.creationTimestamp", 0);
        column(columns, "Message", "string", ".status.message", 1);
        version.putObject("schema").set("openAPIV3Schema", schema());
        return crd;
    }

    private static ObjectNode schema() {
        JsonNode declaration = DeclarationSchema.jsonSchema();
        ObjectNode schema = structural("", declaration);
        ObjectNode properties = (ObjectNode) schema.get("properties");
        ObjectNode name = structural("", declaration.at("/properties/metadata/properties/name"));
        // Of its own metadata, the API server lets a schema restrict the name alone.
        properties
                .putObject("metadata")
                .put("type", "object")
                .putObject("properties")
                .set("name", name);
        properties.set("status", ofRecord(PipelineStatus.class));
        schema.putArray("required").add("spec");
        return schema;
    }

    private static void column(ArrayNode columns, String name, String type, String path, int priority) {
        columns.addObject()
                .put("name", name)
                .put("type", type)
                .put("jsonPath", path)
                .put("priority", priority);
    }

    private static ObjectNode structural(String path, JsonNode schema) {
        ObjectNode result = NODES.objectNode();
        type(schema, result);
        copy(schema, result, "pattern", "enum", "required", "minProperties", "maxProperties");
        description(schema, result);
        ObjectNode properties = NODES.objectNode();
        schema.path("properties")
                .properties()
                .forEach(property -> properties.set(
                        property.getKey(), structural(path + "/" + property.getKey(), property.getValue())));
        if (!properties.isEmpty()) {
            result.set("properties", properties);
        }
        if (schema.path("additionalProperties").isObject()) {
            result.set("additionalProperties", structural(path + "/*", schema.get("additionalProperties")));
        }
        if (schema.has("items")) {
            result.set("items", structural(path + "/*", schema.get("items")));
        }
        if (schema.path("items").at("/properties/name").isObject()) {
            result.put("x-kubernetes-list-type", "map")
                    .putArray("x-kubernetes-list-map-keys")
                    .add("name");
        }
        rules(path, result);
        return result;
    }

    /** Where a file may say a number for a text, a resource has to quote it: the API server would change 1.0 to 1. */
    private static void type(JsonNode schema, ObjectNode result) {
        JsonNode type = schema.path("type");
        if (!type.isArray()) {
            result.put("type", type.asText());
            return;
        }
        result.put("type", type.get(0).asText());
        type.forEach(other -> {
            if (other.asText().equals("null")) {
                result.put("nullable", true);
            }
        });
    }

    private static void copy(JsonNode schema, ObjectNode result, String... keys) {
        for (String key : keys) {
            if (schema.has(key)) {
                result.set(key, schema.get(key));
            }
        }
    }

    private static void description(JsonNode schema, ObjectNode result) {
        String text = schema.path("description").asText();
        String keys = schema.path("propertyNames").path("pattern").asText();
        String example = schema.path("examples").path(0).isMissingNode()
                ? ""
                : "\nExample: " + schema.path("examples").get(0);
        String all = text + (keys.isEmpty() ? "" : "\nKeys match " + keys + ".") + example;
        if (!all.isEmpty()) {
            result.put("description", all);
        }
    }

    private static void rules(String path, ObjectNode schema) {
        for (Rule rule : RULES) {
            if (rule.path().equals(path)) {
                ObjectNode validation =
                        schema.withArray("x-kubernetes-validations").addObject();
                validation.put("rule", rule.rule()).put("messageExpression", rule.message());
                if (rule.field() != null) {
                    validation.put("fieldPath", rule.field());
                }
            }
        }
    }

    private static ObjectNode ofRecord(Class<?> type) {
        ObjectNode schema = NODES.objectNode().put("type", "object");
        if (type.isAnnotationPresent(Doc.class)) {
            schema.put("description", type.getAnnotation(Doc.class).value());
        }
        ObjectNode properties = schema.putObject("properties");
        for (RecordComponent component : type.getRecordComponents()) {
            ObjectNode property = ofType(component.getGenericType());
            property.put("description", component.getAnnotation(Doc.class).value());
            properties.set(component.getName(), property);
        }
        return schema;
    }

    private static ObjectNode ofType(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type value = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            boolean isMap = generic.getRawType() == Map.class;
            ObjectNode schema = NODES.objectNode().put("type", isMap ? "object" : "array");
            schema.set(isMap ? "additionalProperties" : "items", ofType(value));
            if (value == PipelineStatus.Condition.class) {
                schema.put("x-kubernetes-list-type", "map");
                schema.putArray("x-kubernetes-list-map-keys").add("type");
                ((ObjectNode) schema.get("items")).putArray("required").add("type");
            }
            return schema;
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isRecord()) {
            return ofRecord(raw);
        }
        if (raw.isEnum()) {
            return ofEnum(raw);
        }
        if (raw == long.class || raw == Long.class) {
            return NODES.objectNode().put("type", "integer").put("format", "int64");
        }
        String name = raw == String.class
                ? "string"
                : raw == boolean.class ? "boolean" : raw == double.class ? "number" : "integer";
        return NODES.objectNode().put("type", name);
    }

    private static ObjectNode ofEnum(Class<?> type) {
        ObjectNode schema = NODES.objectNode().put("type", "string");
        for (Object constant : type.getEnumConstants()) {
            schema.withArray("enum").add(Declarations.JSON.<JsonNode>valueToTree(constant));
        }
        return schema;
    }
}
