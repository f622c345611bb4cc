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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The smallest models that do what trees never do: fail on some rows, or take no batches. */
public final class TinyOnnx {
    /** The types of {@link #everyType()}, by their names in the Open Inference Protocol. */
    public static final Map<String, TensorProto.DataType> TYPES = types();

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

    /** The score is the feature, and 0.75 where that is NaN. */
    public static byte[] gaps() {
        TensorProto.Builder instead = TensorProto.newBuilder()
                .setName("instead")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(1)
                .addFloatData(0.75f);
        return model(GraphProto.newBuilder()
                .addInput(floats("features", -1))
                .addInitializer(instead)
                .addNode(node("IsNaN", "gap", "features"))
                .addNode(node("Where", "score", "gap", "instead", "features"))
                .addOutput(floats("score", -1)));
    }

    /** Takes one row a call. */
    public static byte[] oneRowOnly() {
        return model(GraphProto.newBuilder()
                .addInput(floats("features", 1))
                .addNode(node("Sigmoid", "score", "features"))
                .addOutput(floats("score", 1)));
    }

    /** Gives back what it is given, of each type that there is, and {@code probability}: the input of floats. */
    public static byte[] everyType() {
        GraphProto.Builder graph = GraphProto.newBuilder();
        for (Map.Entry<String, TensorProto.DataType> type : TYPES.entrySet()) {
            graph.addInput(column("in_" + type.getKey(), type.getValue()))
                    .addNode(node("Identity", "out_" + type.getKey(), "in_" + type.getKey()))
                    .addOutput(column("out_" + type.getKey(), type.getValue()));
        }
        return model(graph.addNode(node("Identity", "probability", "in_FP32"))
                .addOutput(column("probability", TensorProto.DataType.FLOAT)));
    }

    private static Map<String, TensorProto.DataType> types() {
        Map<String, TensorProto.DataType> types = new LinkedHashMap<>();
        types.put("BOOL", TensorProto.DataType.BOOL);
        types.put("UINT8", TensorProto.DataType.UINT8);
        types.put("UINT16", TensorProto.DataType.UINT16);
        types.put("UINT32", TensorProto.DataType.UINT32);
        types.put("UINT64", TensorProto.DataType.UINT64);
        types.put("INT8", TensorProto.DataType.INT8);
        types.put("INT16", TensorProto.DataType.INT16);
        types.put("INT32", TensorProto.DataType.INT32);
        types.put("INT64", TensorProto.DataType.INT64);
        types.put("FP16", TensorProto.DataType.FLOAT16);
        types.put("BF16", TensorProto.DataType.BFLOAT16);
        types.put("FP32", TensorProto.DataType.FLOAT);
        types.put("FP64", TensorProto.DataType.DOUBLE);
        types.put("BYTES", TensorProto.DataType.STRING);
        return Collections.unmodifiableMap(types);
    }

    private static ValueInfoProto column(String name, TensorProto.DataType type) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("rows"))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(1))
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
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
                .setName(output)
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
