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

/** The smallest models that do what trees never do: fail on some rows, or take no batches. */
public final class TinyOnnx {
    private TinyOnnx() {}

    /** The score is the logarithm of the feature: NaN for what is negative. */
    public static byte[] logarithm() {
        return model(GraphProto.newBuilder()
                .addInput(floats("features", -1))
                .addNode(node("Log", "score", "features"))
                .addOutput(floats("score", -1)));
    }

    /** The feature is an index into ten scores: the whole call fails if one row's is not. */
    public static byte[] lookup() {
        TensorProto.Builder table = TensorProto.newBuilder()
                .setName("table")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(10);
        for (int i = 0; i < 10; i++) {
            table.addFloatData(i / 10f);
        }
        return model(GraphProto.newBuilder()
                .addInput(floats("features", -1))
                .addInitializer(table)
                .addNode(node("Cast", "index", "features")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("to")
                                .setType(AttributeType.INT)
                                .setI(TensorProto.DataType.INT64.getNumber())))
                .addNode(node("Gather", "score", "table", "index"))
                .addOutput(floats("score", -1)));
    }

    /** Takes one row a call. */
    public static byte[] oneRowOnly() {
        return model(GraphProto.newBuilder()
                .addInput(floats("features", 1))
                .addNode(node("Sigmoid", "score", "features"))
                .addOutput(floats("score", 1)));
    }

    private static byte[] model(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
                .setGraph(graph.setName("tiny"))
                .build()
                .toByteArray();
    }

    private static NodeProto.Builder node(String operator, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setName(operator)
                .setOpType(operator)
                .addAllInput(java.util.List.of(inputs))
                .addOutput(output);
    }

    private static ValueInfoProto floats(String name, int rows) {
        TensorShapeProto.Dimension.Builder first = TensorShapeProto.Dimension.newBuilder();
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(rows < 0 ? first.setDimParam("rows") : first.setDimValue(rows))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(1))
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
