package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.expression.Nearest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Binds a tree of YAML nodes to the declaration's records by their components' names and types, remembers where each
 * path stands in the file, and goes on after a mistake: with what was probably meant where that can be told, so that
 * what else is wrong is found too. Else what could not be bound is null or empty. The records are only good if there are
 * no findings. One use, one thread.
 */
final class NodeBinder {
    /** What stands for a number that was refused: a component of a primitive type can not be null. */
    private static final Object NO_INT = 0;

    private static final Object NO_DOUBLE = 0.0;

    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Node> nodes = new HashMap<>();
    private final List<String> lost = new ArrayList<>();

    /** A place in the file; both from 1. */
    record Position(int line, int column) {}

    <T> T bind(Node root, Class<T> type) {
        return type.cast(bind("", root, type, null));
    }

    List<Finding> findings() {
        return findings;
    }

    /** Whether nothing is missing at that path or below: where there was a mistake, something stands that was probably meant. */
    boolean isWhole(String path) {
        return lost.stream().noneMatch(place -> place.startsWith(path) || path.startsWith(place));
    }

    /** Where the path's value stands, or the nearest value above it that exists. */
    Position position(String path, int offset) {
        String known = path;
        while (!nodes.containsKey(known)) {
            int dot = Math.max(known.lastIndexOf('.'), known.lastIndexOf('['));
            known = dot < 0 ? "" : known.substring(0, dot);
        }
        Node node = nodes.get(known);
        Mark start = node.getStartMark();
        int within = known.equals(path) && offset > 0 ? within(node, offset) : 0;
        return new Position(start.getLine() + 1, start.getColumn() + 1 + within);
    }

    /** How far behind the node's start that character of its value stands; 0 if escapes or line breaks hide it. */
    private static int within(Node node, int offset) {
        if (!(node instanceof ScalarNode scalar)) {
            return 0;
        }
        int quote = scalar.getScalarStyle() == ScalarStyle.PLAIN ? 0 : 1;
        int written = node.getEndMark().getIndex() - node.getStartMark().getIndex() - 2 * quote;
        String value = scalar.getValue();
        boolean asWritten = value.indexOf('\n') < 0 && written == value.codePointCount(0, value.length());
        return asWritten ? offset + quote : 0;
    }

    private Object bind(String path, Node node, Type type, RecordComponent component) {
        nodes.putIfAbsent(path, node);
        if (type instanceof ParameterizedType parameterized) {
            return bindGeneric(path, node, parameterized, component);
        }
        Class<?> raw = (Class<?>) type;
        if (raw == String.class) {
            return bindText(path, node, component);
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return bindBoolean(path, node);
        }
        if (raw == int.class || raw == double.class) {
            return bindNumber(path, node, raw);
        }
        if (raw.isEnum()) {
            return bindEnum(path, node, raw);
        }
        if (raw.isSealed()) {
            return bindVariant(path, node, raw);
        }
        return bindRecord(path, node, raw);
    }

    private Object bindGeneric(String path, Node node, ParameterizedType type, RecordComponent component) {
        Type[] arguments = type.getActualTypeArguments();
        if (type.getRawType() == Optional.class) {
            return Optional.ofNullable(bind(path, node, arguments[0], component));
        }
        return type.getRawType() == List.class ? bindList(path, node, arguments[0]) : bindMap(path, node, arguments[1]);
    }

    private List<Object> bindList(String path, Node node, Type element) {
        if (!(node instanceof SequenceNode sequence)) {
            return refuse(path, "expected a list, got " + describe(node), List.of());
        }
        List<Object> list = new ArrayList<>();
        int index = 0;
        for (Node item : sequence.getValue()) {
            Object value = bind(path + "[" + index++ + "]", item, element, null);
            if (value != null) {
                list.add(value);
            }
        }
        return Collections.unmodifiableList(list);
    }

    private Map<String, Object> bindMap(String path, Node node, Type valueType) {
        if (!(node instanceof MappingNode mapping)) {
            return refuse(path, "expected a mapping, got " + describe(node), Map.of());
        }
        Map<String, Object> map = new LinkedHashMap<>();
        members(path, mapping).forEach((key, value) -> {
            Object bound = bind(below(path, key), value, valueType, null);
            if (bound != null) {
                map.put(key, bound);
            }
        });
        return Collections.unmodifiableMap(map);
    }

    private String bindText(String path, Node node, RecordComponent component) {
        if (!(node instanceof ScalarNode scalar) || scalar.getTag().equals(Tag.NULL)) {
            return refuse(path, "expected a text, got " + describe(node), null);
        }
        String pattern = component == null || doc(component) == null
                ? ""
                : doc(component).pattern();
        if (!pattern.isEmpty() && !scalar.getValue().matches(pattern)) {
            return refuse(path, "expected a text that matches " + pattern + ", got '" + scalar.getValue() + "'", null);
        }
        return scalar.getValue();
    }

    private Boolean bindBoolean(String path, Node node) {
        // YAML 1.1 also takes yes and on; a reader of YAML 1.2 would not.
        if (node instanceof ScalarNode scalar && scalar.getValue().matches("true|false")) {
            return Boolean.valueOf(scalar.getValue());
        }
        return refuse(path, "expected true or false, got " + describe(node), Boolean.FALSE);
    }

    private Object bindNumber(String path, Node node, Class<?> type) {
        String text = node instanceof ScalarNode scalar ? scalar.getValue() : "";
        if (type == int.class) {
            return text.matches("-?[0-9]{1,9}")
                    ? Integer.valueOf(text)
                    : refuse(path, "expected a whole number, got " + describe(node), NO_INT);
        }
        return text.matches("-?[0-9]{1,15}(\\.[0-9]{1,15})?")
                ? Double.valueOf(text)
                : refuse(path, "expected a decimal number, got " + describe(node), NO_DOUBLE);
    }

    private Object bindEnum(String path, Node node, Class<?> type) {
        List<String> names = Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .toList();
        String text = node instanceof ScalarNode scalar ? scalar.getValue() : "";
        int index = names.indexOf(text);
        if (index >= 0) {
            return type.getEnumConstants()[index];
        }
        Optional<String> meant = Nearest.to(text, names);
        findings.add(
                new Finding(path, 0, "expected one of " + String.join(", ", names) + ", got " + describe(node), meant));
        return meant.<Object>map(name -> type.getEnumConstants()[names.indexOf(name)])
                .orElseGet(() -> standIn(path, type));
    }

    /** Nothing else that is checked depends on which of its values an enum has, but for the type of a field. */
    private Object standIn(String path, Class<?> type) {
        if (type == FieldType.class) {
            lost.add(path);
            return null;
        }
        return type.getEnumConstants()[0];
    }

    private Object bindVariant(String path, Node node, Class<?> type) {
        Map<String, Class<?>> variants = Variants.of(type);
        String expected = "expected one of the kinds " + String.join(", ", variants.keySet());
        if (!(node instanceof MappingNode mapping) || mapping.getValue().size() != 1) {
            return refuse(path, expected + " as the only key, got " + describe(node), null);
        }
        Map.Entry<String, Node> member =
                members(path, mapping).entrySet().stream().findFirst().orElse(null);
        if (member == null) {
            return null;
        }
        String kind = member.getKey();
        if (!variants.containsKey(kind)) {
            Optional<String> meant = Nearest.to(kind, variants.keySet());
            nodes.put(below(path, kind), mapping.getValue().get(0).getKeyNode());
            findings.add(new Finding(below(path, kind), 0, expected + ", got '" + kind + "'", meant));
            if (meant.isEmpty()) {
                lost.add(path);
                return null;
            }
            kind = meant.get();
        }
        return bind(below(path, kind), member.getValue(), variants.get(kind), null);
    }

    private Object bindRecord(String path, Node node, Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components.length == 1 && components[0].isAnnotationPresent(Inline.class)) {
            return construct(type, bind(path, node, components[0].getGenericType(), components[0]));
        }
        if (components.length == 0 && node.getTag().equals(Tag.NULL)) {
            return construct(type);
        }
        if (!(node instanceof MappingNode mapping)) {
            return refuse(path, "expected a mapping with " + names(components) + ", got " + describe(node), null);
        }
        Map<String, Node> members = members(path, mapping);
        reportUnknown(path, mapping, members, components);
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            String below = below(path, component.getName());
            Node member = members.get(component.getName());
            values[i] = member == null
                    ? absent(below, component)
                    : bind(below, member, component.getGenericType(), component);
        }
        return construct(type, values);
    }

    /** Reports the keys that are not known here; one that a near one was probably meant by counts as that one. */
    private void reportUnknown(
            String path, MappingNode mapping, Map<String, Node> members, RecordComponent[] components) {
        List<String> known =
                Arrays.stream(components).map(RecordComponent::getName).toList();
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key && !known.contains(key.getValue())) {
                String below = below(path, key.getValue());
                Optional<String> meant = Nearest.to(key.getValue(), known);
                nodes.put(below, key);
                findings.add(new Finding(
                        below,
                        0,
                        "unknown key '" + key.getValue() + "'; known here: "
                                + (known.isEmpty() ? "none" : String.join(", ", known)),
                        meant));
                meant.ifPresent(name -> members.putIfAbsent(name, tuple.getValueNode()));
            }
        }
    }

    private Object absent(String path, RecordComponent component) {
        Class<?> type = component.getType();
        if (type == Optional.class) {
            return Optional.empty();
        }
        if (type == List.class) {
            return List.of();
        }
        if (type == Map.class) {
            return Map.of();
        }
        if (type == boolean.class) {
            return Boolean.FALSE;
        }
        String example = doc(component) == null || doc(component).example().isEmpty()
                ? ""
                : ", for example " + component.getName() + ": " + doc(component).example();
        String missing = "required and missing" + example;
        if (type.isEnum()) {
            findings.add(Finding.at(path, missing));
            return standIn(path, type);
        }
        Object nothing = type == int.class ? NO_INT : type == double.class ? NO_DOUBLE : null;
        return refuse(path, missing, nothing);
    }

    private Map<String, Node> members(String path, MappingNode mapping) {
        Map<String, Node> members = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                if (members.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
                    nodes.put(below(path, key.getValue()), key);
                    findings.add(Finding.at(below(path, key.getValue()), "the key stands here twice"));
                }
            } else {
                refuse(path, "expected keys that are texts, got " + describe(tuple.getKeyNode()), null);
            }
        }
        return members;
    }

    private <T> T refuse(String path, String message, T instead) {
        lost.add(path);
        findings.add(Finding.at(path, message));
        return instead;
    }

    private static Object construct(Class<?> type, Object... values) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException e) {
            throw new IllegalStateException("record " + type.getName() + " can not be made", e);
        }
    }

    private static Doc doc(RecordComponent component) {
        return component.getAnnotation(Doc.class);
    }

    private static String names(RecordComponent[] components) {
        return components.length == 0
                ? "no keys"
                : String.join(
                        ", ",
                        Arrays.stream(components).map(RecordComponent::getName).toList());
    }

    private static String below(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String describe(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getTag().equals(Tag.NULL) ? "nothing" : "'" + scalar.getValue() + "'";
        }
        return node instanceof SequenceNode ? "a list" : "a mapping";
    }
}
