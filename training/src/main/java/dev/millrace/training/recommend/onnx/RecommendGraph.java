package dev.millrace.training.recommend.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.List;

/**
 * A graph that ranks items for one user a call, whatever scores them. It takes {@code items} (the history's numbers, one or
 * more), {@code weights} (what each weighs), {@code k}, {@code exclude_seen} and {@code allowed} (a flag an item), and gives
 * {@code scores} of all items, {@code top_items} and {@code top_scores}, and of each listed one {@code because}, the place in the
 * history of what adds most to its score, and {@code effects}, how much that is. What may not be listed has the score −∞, so a list is
 * shorter than k where that begins. Confined to one thread.
 */
final class RecommendGraph {
    private static final int IR_VERSION = 8;
    private static final int OPSET = 16;

    private final int count;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("recommend");

    RecommendGraph(int count) {
        this.count = count;
        graph.addInput(value("items", DataType.INT64_VALUE, named("history")))
                .addInput(value("weights", DataType.FLOAT_VALUE, named("history")))
                .addInput(value("k", DataType.INT64_VALUE, sized(1)))
                .addInput(value("exclude_seen", DataType.BOOL_VALUE, sized(1)))
                .addInput(value("allowed", DataType.BOOL_VALUE, sized(count)));
        constant("never", Float.NEGATIVE_INFINITY);
        constant("column", new long[] {-1, 1});
    }

    /** Ranks by {@code scores}, which have to be there; gives {@code top_items}. */
    RecommendGraph rank() {
        add("Gather", List.of("scores", "items"), "seen", 0);
        add("Where", List.of("exclude_seen", "never", "seen"), "seen_or_never");
        add("ScatterElements", List.of("scores", "items", "seen_or_never"), "unseen", 0);
        add("Where", List.of("allowed", "unseen", "never"), "listed");
        graph.addNode(NodeProto.newBuilder()
                .setName("top")
                .setOpType("TopK")
                .addInput("listed")
                .addInput("k")
                .addOutput("top_scores")
                .addOutput("top_items"));
        return this;
    }

    /** Gives reasons by {@code shares}: what each item of the history, were its weight 1, adds to each listed one. */
    RecommendGraph explain() {
        add("Reshape", List.of("weights", "column"), "weights_down");
        add("Mul", List.of("shares", "weights_down"), "parts");
        graph.addNode(node("ArgMax", List.of("parts"), "because")
                .addAttribute(whole("axis", 0))
                .addAttribute(whole("keepdims", 0)));
        graph.addNode(node("ReduceMax", List.of("parts"), "effects")
                .addAttribute(AttributeProto.newBuilder()
                        .setName("axes")
                        .setType(AttributeType.INTS)
                        .addInts(0))
                .addAttribute(whole("keepdims", 0)));
        return this;
    }

    RecommendGraph add(String operator, List<String> inputs, String output) {
        graph.addNode(node(operator, inputs, output));
        return this;
    }

    RecommendGraph add(String operator, List<String> inputs, String output, int axis) {
        graph.addNode(node(operator, inputs, output).addAttribute(whole("axis", axis)));
        return this;
    }

    /** Adds updates at those places of an axis to what is there. */
    RecommendGraph addScattered(String data, String places, String updates, String output, int axis) {
        graph.addNode(node("ScatterElements", List.of(data, places, updates), output)
                .addAttribute(whole("axis", axis))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("reduction")
                        .setType(AttributeType.STRING)
                        .setS(ByteString.copyFromUtf8("add"))));
        return this;
    }

    RecommendGraph addTransposed(String input, String output) {
        graph.addNode(node("Transpose", List.of(input), output));
        return this;
    }

    RecommendGraph matrix(String name, ByteString floats, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.FLOAT_VALUE)
                .setRawData(floats);
        for (long dimension : shape) {
            tensor.addDims(dimension);
        }
        graph.addInitializer(tensor);
        return this;
    }

    RecommendGraph numbers(String name, ByteString integers, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.INT32_VALUE)
                .setRawData(integers);
        for (long dimension : shape) {
            tensor.addDims(dimension);
        }
        graph.addInitializer(tensor);
        return this;
    }

    RecommendGraph constant(String name, float value) {
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .addDims(1)
                .setDataType(DataType.FLOAT_VALUE)
                .addFloatData(value));
        return this;
    }

    /** A number without dimensions. */
    RecommendGraph scalar(String name, long value) {
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.INT64_VALUE)
                .addInt64Data(value));
        return this;
    }

    RecommendGraph constant(String name, long... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).addDims(values.length).setDataType(DataType.INT64_VALUE);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        graph.addInitializer(tensor);
        return this;
    }

    /**
     * The file.
     *
     * @param items what the numbers mean, as JSON
     */
    byte[] toBytes(String items) {
        graph.addOutput(value("scores", DataType.FLOAT_VALUE, sized(count)))
                .addOutput(value("top_items", DataType.INT64_VALUE, named("k")))
                .addOutput(value("top_scores", DataType.FLOAT_VALUE, named("k")))
                .addOutput(value("because", DataType.INT64_VALUE, named("k")))
                .addOutput(value("effects", DataType.FLOAT_VALUE, named("k")));
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("millrace")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(graph)
                .addMetadataProps(StringStringEntryProto.newBuilder()
                        .setKey("millrace.items")
                        .setValue(items))
                .build()
                .toByteArray();
    }

    private static NodeProto.Builder node(String operator, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setName(output)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output);
    }

    private static AttributeProto whole(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INT)
                .setI(value)
                .build();
    }

    private static Dimension named(String name) {
        return Dimension.newBuilder().setDimParam(name).build();
    }

    private static Dimension sized(int size) {
        return Dimension.newBuilder().setDimValue(size).build();
    }

    private static ValueInfoProto value(String name, int type, Dimension dimension) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type)
                                .setShape(TensorShapeProto.newBuilder().addDim(dimension))))
                .build();
    }
}
