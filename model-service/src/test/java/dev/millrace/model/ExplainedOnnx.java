package dev.millrace.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.stream.IntStream;

/** Models of the kinds that can be explained exactly, as the trainer writes them. */
public final class ExplainedOnnx {
    private static final int WIDTH = 6;

    private ExplainedOnnx() {}

    /** Trees, all nodes behind each other; a leaf has the feature -1. */
    public record Arrays(
            int[] trees,
            int[] features,
            List<String> modes,
            float[] thresholds,
            boolean[] missingIsTrue,
            int[] whenTrue,
            int[] whenFalse,
            double[] covers,
            double[] values) {}

    /** Trees → times 0.5 → plus 0.1 → sigmoid. */
    public static byte[] trees(Arrays trees, boolean covered) {
        int size = trees.trees().length;
        List<Long> leaves = IntStream.range(0, size)
                .filter(node -> trees.features()[node] < 0)
                .mapToObj(node -> (long) node)
                .toList();
        NodeProto.Builder node = NodeProto.newBuilder()
                .setOpType("TreeEnsembleRegressor")
                .setDomain("ai.onnx.ml")
                .addInput("features")
                .addOutput("margin")
                .addAttribute(named("n_targets", AttributeType.INT).setI(1))
                .addAttribute(integers("nodes_treeids", longs(trees.trees())))
                .addAttribute(integers(
                        "nodes_nodeids",
                        IntStream.range(0, size).mapToObj(i -> (long) i).toList()))
                .addAttribute(integers(
                        "nodes_featureids",
                        longs(java.util.Arrays.stream(trees.features())
                                .map(feature -> Math.max(0, feature))
                                .toArray())))
                .addAttribute(named("nodes_modes", AttributeType.STRINGS)
                        .addAllStrings(trees.modes().stream()
                                .map(ByteString::copyFromUtf8)
                                .toList()))
                .addAttribute(floats("nodes_values", doubles(trees.thresholds())))
                .addAttribute(integers(
                        "nodes_missing_value_tracks_true",
                        IntStream.range(0, size)
                                .mapToObj(i -> trees.missingIsTrue()[i] ? 1L : 0L)
                                .toList()))
                .addAttribute(integers("nodes_truenodeids", longs(trees.whenTrue())))
                .addAttribute(integers("nodes_falsenodeids", longs(trees.whenFalse())))
                .addAttribute(integers(
                        "target_treeids",
                        leaves.stream()
                                .map(leaf -> (long) trees.trees()[leaf.intValue()])
                                .toList()))
                .addAttribute(integers("target_nodeids", leaves))
                .addAttribute(
                        integers("target_ids", leaves.stream().map(leaf -> 0L).toList()))
                .addAttribute(floats(
                        "target_weights",
                        leaves.stream()
                                .mapToDouble(leaf -> trees.values()[leaf.intValue()])
                                .toArray()));
        if (covered) {
            node.addAttribute(floats("nodes_hitrates", trees.covers()));
        }
        return model(graph(WIDTH)
                .addInitializer(tensor("slope", 0.5f))
                .addInitializer(tensor("offset", 0.1f))
                .addNode(node)
                .addNode(operator("Mul", "scaled", "margin", "slope"))
                .addNode(operator("Add", "log_odds", "scaled", "offset"))
                .addNode(operator("Sigmoid", "score", "log_odds")));
    }

    /** Features less their means → weighted sum → plus a bias → sigmoid. */
    public static byte[] linear(float[] means, float[] weights, float bias) {
        TensorProto.Builder column = tensor("weights", weights).toBuilder()
                .clearDims()
                .addDims(weights.length)
                .addDims(1);
        return model(graph(means.length)
                .addInitializer(tensor("means", means))
                .addInitializer(column)
                .addInitializer(tensor("bias", bias))
                .addNode(operator("Sub", "centred", "features", "means"))
                .addNode(operator("MatMul", "weighted", "centred", "weights"))
                .addNode(operator("Add", "log_odds", "weighted", "bias"))
                .addNode(operator("Sigmoid", "score", "log_odds")));
    }

    private static GraphProto.Builder graph(int width) {
        return GraphProto.newBuilder()
                .setName("explained")
                .addInput(value("features", width))
                .addOutput(value("score", 1));
    }

    private static byte[] model(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(3))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static NodeProto.Builder operator(String operator, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(List.of(inputs))
                .addOutput(output);
    }

    private static TensorProto tensor(String name, float... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .addDims(values.length)
                .setDataType(TensorProto.DataType.FLOAT.getNumber());
        for (float value : values) {
            tensor.addFloatData(value);
        }
        return tensor.build();
    }

    private static AttributeProto.Builder named(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private static AttributeProto.Builder integers(String name, List<Long> values) {
        return named(name, AttributeType.INTS).addAllInts(values);
    }

    private static AttributeProto.Builder floats(String name, double[] values) {
        AttributeProto.Builder attribute = named(name, AttributeType.FLOATS);
        for (double value : values) {
            attribute.addFloats((float) value);
        }
        return attribute;
    }

    private static List<Long> longs(int[] values) {
        return java.util.Arrays.stream(values).mapToObj(value -> (long) value).toList();
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static ValueInfoProto value(String name, int columns) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("rows"))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(columns))
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                .setShape(shape)))
                .build();
    }
}
