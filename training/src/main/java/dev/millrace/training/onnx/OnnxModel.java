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
import dev.millrace.training.learn.Isotonic;
import dev.millrace.training.learn.Margin;
import dev.millrace.training.learn.Platt;

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
        if (calibration instanceof Platt platt) {
            addPlatt(graph, platt);
        } else if (calibration instanceof Isotonic isotonic) {
            addIsotonic(graph, isotonic);
        }
        graph.addOutput(floats("score", 1));
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

    private static void addPlatt(GraphProto.Builder graph, Platt platt) {
        graph.addInitializer(tensor("slope", (float) platt.slope()))
                .addInitializer(tensor("offset", (float) platt.offset()))
                .addNode(node("Mul", "margin", "slope", "scaled"))
                .addNode(node("Add", "scaled", "offset", "log_odds"))
                .addNode(NodeProto.newBuilder()
                        .setName("probability")
                        .setOpType("Sigmoid")
                        .addInput("log_odds")
                        .addOutput("score"));
    }

    /** How far the margin is on each piece, between 0 and 1, times what the piece rises by. */
    private static void addIsotonic(GraphProto.Builder graph, Isotonic isotonic) {
        int pieces = isotonic.margins().size() - 1;
        TensorProto.Builder begins = row("begins", pieces, 1);
        TensorProto.Builder widths = row("widths", pieces, 1);
        TensorProto.Builder rises = row("rises", 1, pieces);
        for (int piece = 0; piece < pieces; piece++) {
            double begin = isotonic.margins().get(piece);
            begins.addFloatData((float) begin);
            widths.addFloatData((float) (isotonic.margins().get(piece + 1) - begin));
            rises.addFloatData((float)
                    (isotonic.shares().get(piece + 1) - isotonic.shares().get(piece)));
        }
        graph.addInitializer(begins)
                .addInitializer(widths)
                .addInitializer(rises)
                .addInitializer(scalar("none", 0))
                .addInitializer(scalar("whole", 1))
                .addInitializer(tensor("lowest", isotonic.shares().get(0).floatValue()))
                .addNode(node("Sub", "margin", "begins", "beyond"))
                .addNode(node("Div", "beyond", "widths", "ways"))
                .addNode(NodeProto.newBuilder()
                        .setName("on_piece")
                        .setOpType("Clip")
                        .addInput("ways")
                        .addInput("none")
                        .addInput("whole")
                        .addOutput("on_piece"))
                .addNode(node("MatMul", "on_piece", "rises", "risen"))
                .addNode(node("Add", "risen", "lowest", "score"));
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

    /** One row of so many columns, or one column of so many rows. */
    private static TensorProto.Builder row(String name, int columns, int rows) {
        return TensorProto.newBuilder()
                .setName(name)
                .addDims(rows)
                .addDims(columns)
                .setDataType(TensorProto.DataType.FLOAT_VALUE);
    }

    private static TensorProto scalar(String name, float value) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addFloatData(value)
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
