package dev.millrace.training.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.millrace.training.learn.Calibration;
import dev.millrace.training.learn.Margin;

/**
 * Writes a model for a yes-or-no question as ONNX: {@code features} (rows × features) → margin → calibration →
 * {@code score} (rows × 1). Trees are a TreeEnsembleRegressor and not a TreeEnsembleClassifier, because ONNX Runtime leaves
 * that one's logistic transform out if no leaf happens to be negative. The same model gives the same bytes.
 */
public final class OnnxModel {
    private static final int IR_VERSION = 8;
    private static final int OPSET = 13;
    private static final int ML_OPSET = 3;

    private OnnxModel() {}

    /**
     * The model's bytes.
     *
     * @param margin how it makes the logarithm of the odds
     * @param calibration what makes a score of that
     * @param features how many features a row has
     */
    public static byte[] write(Margin margin, Calibration calibration, int features) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("model").addInput(floats("features", features));
        if (margin instanceof Margin.Trees trees) {
            graph.addNode(TreeNodes.of(trees, "features", "margin"));
        } else if (margin instanceof Margin.Linear linear) {
            addLinear(graph, linear);
        }
        graph.addInitializer(tensor("slope", (float) calibration.slope()))
                .addInitializer(tensor("offset", (float) calibration.offset()))
                .addNode(node("Mul", "margin", "slope", "scaled"))
                .addNode(node("Add", "scaled", "offset", "log_odds"))
                .addNode(NodeProto.newBuilder()
                        .setName("probability")
                        .setOpType("Sigmoid")
                        .addInput("log_odds")
                        .addOutput("score"))
                .addOutput(floats("score", 1));
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("millrace")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .addOpsetImport(OperatorSetIdProto.newBuilder()
                        .setDomain(TreeNodes.DOMAIN)
                        .setVersion(ML_OPSET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    /** The offsets go first, so that no digits are lost where a feature is large and varies little. */
    private static void addLinear(GraphProto.Builder graph, Margin.Linear linear) {
        int width = linear.weights().length;
        TensorProto.Builder offsets = TensorProto.newBuilder()
                .setName("offsets")
                .addDims(width)
                .setDataType(TensorProto.DataType.FLOAT_VALUE);
        TensorProto.Builder weights = TensorProto.newBuilder()
                .setName("weights")
                .addDims(width)
                .addDims(1)
                .setDataType(TensorProto.DataType.FLOAT_VALUE);
        for (int feature = 0; feature < width; feature++) {
            offsets.addFloatData((float) linear.offsets()[feature]);
            weights.addFloatData((float) linear.weights()[feature]);
        }
        graph.addInitializer(offsets)
                .addInitializer(weights)
                .addInitializer(tensor("bias", (float) linear.bias()))
                .addNode(node("Sub", "features", "offsets", "centred"))
                .addNode(node("MatMul", "centred", "weights", "weighted"))
                .addNode(node("Add", "weighted", "bias", "margin"));
    }

    private static NodeProto node(String operator, String first, String second, String output) {
        return NodeProto.newBuilder()
                .setName(output)
                .setOpType(operator)
                .addInput(first)
                .addInput(second)
                .addOutput(output)
                .build();
    }

    private static TensorProto tensor(String name, float value) {
        return TensorProto.newBuilder()
                .setName(name)
                .addDims(1)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addFloatData(value)
                .build();
    }

    private static ValueInfoProto floats(String name, int columns) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("rows"))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(columns))
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(shape)))
                .build();
    }
}
