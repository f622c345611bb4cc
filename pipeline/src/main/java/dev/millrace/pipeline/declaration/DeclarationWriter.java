package dev.millrace.pipeline.declaration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes a declaration as JSON, which {@link DeclarationReader} reads back as the same one. */
public final class DeclarationWriter {
    private DeclarationWriter() {}

    /** The declaration as text. */
    public static String write(PipelineDeclaration declaration) {
        return ofRecord(declaration).toString();
    }

    private static JsonNode of(Object value) {
        if (value instanceof String text) {
            return TextNode.valueOf(text);
        } else if (value instanceof Boolean known) {
            return BooleanNode.valueOf(known);
        } else if (value instanceof Integer number) {
            return IntNode.valueOf(number);
        } else if (value instanceof Double number) {
            return DoubleNode.valueOf(number);
        } else if (value instanceof Enum<?> constant) {
            return TextNode.valueOf(DeclarationSchema.declaredName(constant));
        } else if (value instanceof List<?> list) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            list.forEach(item -> array.add(of(item)));
            return array;
        } else if (value instanceof Map<?, ?> map) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            map.forEach((key, member) -> object.set((String) key, of(member)));
            return object;
        }
        return isVariant(value) ? ofVariant(value) : ofRecord(value);
    }

    private static boolean isVariant(Object value) {
        Class<?>[] kinds = value.getClass().getInterfaces();
        return kinds.length == 1 && kinds[0].isSealed();
    }

    private static ObjectNode ofVariant(Object value) {
        String name = value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        return JsonNodeFactory.instance.objectNode().set(name, ofRecord(value));
    }

    private static JsonNode ofRecord(Object value) {
        RecordComponent[] components = value.getClass().getRecordComponents();
        if (components.length == 1 && components[0].isAnnotationPresent(Inline.class)) {
            return of(member(value, components[0]));
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (RecordComponent component : components) {
            Object member = member(value, component);
            if (member instanceof Optional<?> optional) {
                optional.ifPresent(known -> object.set(component.getName(), of(known)));
            } else {
                object.set(component.getName(), of(member));
            }
        }
        return object;
    }

    private static Object member(Object value, RecordComponent component) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record's component can be read: " + component, e);
        }
    }
}
