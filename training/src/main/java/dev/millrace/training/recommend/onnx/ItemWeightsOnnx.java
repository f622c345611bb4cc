package dev.millrace.training.recommend.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.millrace.training.recommend.learn.ItemWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes item-item weights as ONNX, for one user a call: {@code items} (the history's numbers, one or more), {@code weights} (what
 * each weighs), {@code k}, {@code exclude_seen} and {@code allowed} (a flag an item) come in; {@code scores} of all items,
 * {@code top_items} and {@code top_scores} go out. What may not be listed has the score −∞, so a list is shorter than k where that
 * begins. The same weights give the same bytes.
 */
public final class ItemWeightsOnnx {
    private static final int IR_VERSION = 8;
    private static final int OPSET = 13;

    private ItemWeightsOnnx() {}

    /** The model's bytes. */
    public static byte[] write(ItemWeights weights) {
        int count = weights.items();
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("recommend")
                .addInput(value("items", DataType.INT64_VALUE, named("history")))
                .addInput(value("weights", DataType.FLOAT_VALUE, named("history")))
                .addInput(value("k", DataType.INT64_VALUE, sized(1)))
                .addInput(value("exclude_seen", DataType.BOOL_VALUE, sized(1)))
                .addInput(value("allowed", DataType.BOOL_VALUE, sized(count)))
                .addInitializer(tensor(weights))
                .addInitializer(TensorProto.newBuilder()
                        .setName("never")
                        .addDims(1)
                        .setDataType(DataType.FLOAT_VALUE)
                        .addFloatData(Float.NEGATIVE_INFINITY))
                .addNode(node("Gather", List.of("item_weights", "items"), "rows", 0))
                .addNode(node("MatMul", List.of("weights", "rows"), "scores"))
                .addNode(node("Gather", List.of("scores", "items"), "seen", 0))
                .addNode(node("Where", List.of("exclude_seen", "never", "seen"), "seen_or_never"))
                .addNode(node("ScatterElements", List.of("scores", "items", "seen_or_never"), "unseen", 0))
                .addNode(node("Where", List.of("allowed", "unseen", "never"), "listed"))
                .addNode(NodeProto.newBuilder()
                        .setName("top")
                        .setOpType("TopK")
                        .addInput("listed")
                        .addInput("k")
                        .addOutput("top_scores")
                        .addOutput("top_items"))
                .addOutput(value("scores", DataType.FLOAT_VALUE, sized(count)))
                .addOutput(value("top_items", DataType.INT64_VALUE, named("k")))
                .addOutput(value("top_scores", DataType.FLOAT_VALUE, named("k")));
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("millrace")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    /** A row at a time, because 1.6 GB should not be held in lists of boxed numbers. */
    private static TensorProto tensor(ItemWeights weights) {
        int count = weights.items();
        ByteString.Output bytes = ByteString.newOutput();
        byte[] row = new byte[count * Float.BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < count; from++) {
            buffer.clear();
            for (int to = 0; to < count; to++) {
                buffer.putFloat(weights.get(from, to));
            }
            bytes.write(row, 0, row.length);
        }
        return TensorProto.newBuilder()
                .setName("item_weights")
                .addDims(count)
                .addDims(count)
                .setDataType(DataType.FLOAT_VALUE)
                .setRawData(bytes.toByteString())
                .build();
    }

    private static NodeProto node(String operator, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setName(output)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output)
                .build();
    }

    private static NodeProto node(String operator, List<String> inputs, String output, int axis) {
        return node(operator, inputs, output).toBuilder()
                .addAttribute(AttributeProto.newBuilder()
                        .setName("axis")
                        .setType(AttributeType.INT)
                        .setI(axis))
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
