package dev.millrace.model.reason;

import dev.millrace.model.onnx.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The nodes and constants of an ONNX model (onnx.proto, IR version 8), as far as they are needed to explain it.
 *
 * @param inputs the names of the graph's inputs that are not constants
 * @param nodes the nodes in their order
 * @param constants the numbers of each constant
 */
record Graph(List<String> inputs, List<Node> nodes, Map<String, double[]> constants) {
    private static final int FLOAT = 1;
    private static final int DOUBLE = 11;

    /** One operator. */
    record Node(String operator, List<String> inputs, List<String> outputs, Map<String, Attribute> attributes) {
        boolean has(String name) {
            return attributes.containsKey(name);
        }

        double[] numbers(String name) {
            Attribute attribute = attributes.get(name);
            return attribute == null ? new double[0] : attribute.numbers();
        }

        int[] integers(String name) {
            Attribute attribute = attributes.get(name);
            long[] all = attribute == null ? new long[0] : attribute.integers();
            int[] narrow = new int[all.length];
            for (int i = 0; i < all.length; i++) {
                narrow[i] = Math.toIntExact(all[i]);
            }
            return narrow;
        }

        List<String> texts(String name) {
            Attribute attribute = attributes.get(name);
            return attribute == null ? List.of() : attribute.texts();
        }

        String text(String name, String otherwise) {
            List<String> texts = texts(name);
            return texts.isEmpty() ? otherwise : texts.get(0);
        }
    }

    /** An attribute's values, whatever their type. */
    record Attribute(double[] numbers, long[] integers, List<String> texts) {
        static Attribute of(Wire wire) {
            double[] numbers = wire.floats(7);
            double[] tensor =
                    wire.messages(5).stream().map(Graph::numbers).findFirst().orElse(new double[0]);
            double[] one = wire.floats(2);
            long[] integers = wire.integers(8);
            List<String> texts = wire.texts(9);
            return new Attribute(
                    numbers.length > 0 ? numbers : tensor.length > 0 ? tensor : one,
                    integers.length > 0 ? integers : wire.integers(3),
                    texts.isEmpty() ? wire.texts(4) : texts);
        }
    }

    /** @throws IllegalArgumentException if the bytes are no ONNX model */
    static Graph of(byte[] onnx) {
        List<Wire> graphs = new Wire(ByteBuffer.wrap(onnx)).messages(7);
        if (graphs.isEmpty()) {
            throw new IllegalArgumentException("the model has no graph");
        }
        Wire graph = graphs.get(0);
        Map<String, double[]> constants = new HashMap<>();
        for (Wire tensor : graph.messages(5)) {
            constants.put(tensor.text(8), numbers(tensor));
        }
        List<Node> nodes = new ArrayList<>();
        for (Wire node : graph.messages(1)) {
            Map<String, Attribute> attributes = new HashMap<>();
            node.messages(5).forEach(attribute -> attributes.put(attribute.text(1), Attribute.of(attribute)));
            nodes.add(new Node(node.text(4), node.texts(1), node.texts(2), attributes));
        }
        List<String> inputs = graph.messages(11).stream()
                .map(input -> input.text(1))
                .filter(name -> !constants.containsKey(name))
                .toList();
        return new Graph(inputs, nodes, constants);
    }

    private static double[] numbers(Wire tensor) {
        int type = (int) tensor.integer(2);
        ByteBuffer raw = tensor.bytes(9).duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (type == FLOAT) {
            return raw.hasRemaining() ? rawFloats(raw) : tensor.floats(4);
        } else if (type == DOUBLE) {
            return raw.hasRemaining() ? rawDoubles(raw) : tensor.doubles(10);
        }
        return new double[0];
    }

    private static double[] rawFloats(ByteBuffer raw) {
        double[] numbers = new double[raw.remaining() / Float.BYTES];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = raw.getFloat();
        }
        return numbers;
    }

    private static double[] rawDoubles(ByteBuffer raw) {
        double[] numbers = new double[raw.remaining() / Double.BYTES];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = raw.getDouble();
        }
        return numbers;
    }

    /** The nodes that take that value. */
    List<Node> takersOf(String value) {
        return nodes.stream().filter(node -> node.inputs().contains(value)).toList();
    }
}
