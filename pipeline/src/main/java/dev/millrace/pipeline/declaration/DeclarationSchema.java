package dev.millrace.pipeline.declaration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.event.FieldType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The JSON Schema (draft 2020-12) of a declaration, made of the records that hold one, so that an editor knows every key.
 * What only {@link DeclarationCheck} can know (that a name exists, that an expression compiles) is not in it.
 */
public final class DeclarationSchema {
    private static final JsonMapper JSON = new JsonMapper();

    private DeclarationSchema() {}

    /** The schema of a whole declaration. */
    public static ObjectNode jsonSchema() {
        ObjectNode schema = object();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Millrace pipeline");
        schema.setAll(ofRecord(PipelineDeclaration.class));
        return schema;
    }

    private static ObjectNode ofComponent(RecordComponent component) {
        ObjectNode schema = of(component.getGenericType());
        Doc doc = component.getAnnotation(Doc.class);
        if (doc == null) {
            return schema;
        }
        describe(schema, doc);
        describeConstants(schema, component.getGenericType());
        if (!doc.pattern().isEmpty()) {
            schema.put("pattern", whole(doc.pattern()));
        }
        if (!doc.keys().isEmpty()) {
            schema.putObject("propertyNames").put("pattern", whole(doc.keys()));
        }
        return schema;
    }

    private static ObjectNode of(Type type) {
        if (type instanceof ParameterizedType generic) {
            return ofGeneric(generic);
        }
        Class<?> raw = (Class<?>) type;
        if (raw == String.class) {
            return object().put("type", "string");
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return object().put("type", "boolean");
        }
        if (raw == int.class) {
            return object().put("type", "integer");
        }
        if (raw == double.class) {
            return object().put("type", "number");
        }
        if (raw.isEnum()) {
            return ofEnum(raw);
        }
        return raw.isSealed() ? ofVariants(raw) : ofRecord(raw);
    }

    private static ObjectNode ofGeneric(ParameterizedType type) {
        Type[] arguments = type.getActualTypeArguments();
        if (type.getRawType() == Optional.class) {
            return of(arguments[0]);
        }
        if (type.getRawType() == List.class) {
            ObjectNode list = object().put("type", "array");
            list.set("items", of(arguments[0]));
            return list;
        }
        ObjectNode map = object().put("type", "object");
        map.set("additionalProperties", ofMapValue(arguments[1]));
        return map;
    }

    private static ObjectNode ofMapValue(Type type) {
        ObjectNode value = of(type);
        if (type == String.class) {
            // "true" and "12" are texts here, and YAML authors do not quote them.
            value.putArray("type").add("string").add("number").add("boolean");
        }
        return value;
    }

    private static ObjectNode ofEnum(Class<?> type) {
        ObjectNode schema = object().put("type", "string");
        for (Object constant : type.getEnumConstants()) {
            schema.withArray("enum").add(declaredName(constant));
        }
        return schema;
    }

    private static ObjectNode ofVariants(Class<?> type) {
        ObjectNode schema = object().put("type", "object");
        ObjectNode variants = schema.putObject("properties");
        Variants.of(type).forEach((name, variant) -> variants.set(name, ofRecord(variant)));
        return schema.put("additionalProperties", false).put("minProperties", 1).put("maxProperties", 1);
    }

    private static ObjectNode ofRecord(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components.length == 1 && components[0].isAnnotationPresent(Inline.class)) {
            ObjectNode inlined = ofComponent(components[0]);
            return describe(inlined, type.getAnnotation(Doc.class));
        }
        ObjectNode schema = object();
        if (components.length == 0) {
            schema.putArray("type").add("object").add("null");
        } else {
            schema.put("type", "object");
        }
        describe(schema, type.getAnnotation(Doc.class));
        ObjectNode properties = schema.putObject("properties");
        for (RecordComponent component : components) {
            properties.set(component.getName(), ofComponent(component));
            if (isRequired(component)) {
                schema.withArray("required").add(component.getName());
            }
        }
        return schema.put("additionalProperties", false);
    }

    private static void describeConstants(ObjectNode schema, Type type) {
        Type described = type instanceof ParameterizedType generic ? generic.getActualTypeArguments()[0] : type;
        if (described instanceof Class<?> raw && raw.isEnum()) {
            StringBuilder text = new StringBuilder(schema.path("description").asText());
            for (Object constant : raw.getEnumConstants()) {
                text.append("\n- ").append(declaredName(constant)).append(": ").append(description(constant));
            }
            schema.put("description", text.toString());
        }
    }

    private static ObjectNode describe(ObjectNode schema, Doc doc) {
        if (doc != null) {
            schema.put("description", doc.value());
            if (!doc.example().isEmpty()) {
                schema.putArray("examples").add(parsed(doc.example()));
            }
        }
        return schema;
    }

    /** Whether the binder refuses a mapping without this key. */
    static boolean isRequired(RecordComponent component) {
        Class<?> type = component.getType();
        return type != Optional.class && type != List.class && type != Map.class && type != boolean.class;
    }

    /** The name by which a declaration says an enum's constant. */
    static String declaredName(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    /** What choosing that constant means, in a sentence. */
    static String description(Object constant) {
        if (constant instanceof FieldType type) {
            return type.description();
        }
        try {
            Doc doc = constant.getClass().getField(((Enum<?>) constant).name()).getAnnotation(Doc.class);
            return doc == null ? "" : doc.value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("an enum has a field for each constant", e);
        }
    }

    private static JsonNode parsed(String yaml) {
        Object value = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        return JSON.valueToTree(value);
    }

    private static String whole(String pattern) {
        return "^(?:" + pattern + ")$";
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
