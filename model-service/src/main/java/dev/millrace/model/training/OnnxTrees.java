package dev.millrace.model.training;

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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes boosted trees for a yes-or-no question as ONNX: {@code features} (rows × features) → TreeEnsembleRegressor →
 * Sigmoid → {@code score} (rows × 1). Not a TreeEnsembleClassifier, because ONNX Runtime leaves its logistic transform out
 * if no leaf happens to be negative. The same trees give the same bytes.
 */
final class OnnxTrees {
    private static final int IR_VERSION = 8;
    private static final int OPSET = 13;
    private static final int ML_OPSET = 3;
    private static final String ML_DOMAIN = "ai.onnx.ml";

    private final List<Long> treeIds = new ArrayList<>();
    private final List<Long> nodeIds = new ArrayList<>();
    private final List<Long> features = new ArrayList<>();
    private final List<String> modes = new ArrayList<>();
    private final List<Float> thresholds = new ArrayList<>();
    private final List<Long> trueIds = new ArrayList<>();
    private final List<Long> falseIds = new ArrayList<>();
    private final List<Long> leafTreeIds = new ArrayList<>();
    private final List<Long> leafNodeIds = new ArrayList<>();
    private final List<Float> leafWeights = new ArrayList<>();

    private OnnxTrees() {}

    /**
     * The model's bytes.
     *
     * @param trees their sum is the logarithm of the odds
     * @param features how many features a row has
     */
    static byte[] write(List<Tree> trees, int features) {
        OnnxTrees ensemble = new OnnxTrees();
        for (int id = 0; id < trees.size(); id++) {
            ensemble.add(id, trees.get(id));
        }
        GraphProto graph = GraphProto.newBuilder()
                .setName("boosted_trees")
                .addInput(floats("features", features))
                .addNode(ensemble.node())
                .addNode(NodeProto.newBuilder()
                        .setName("probability")
                        .setOpType("Sigmoid")
                        .addInput("log_odds")
                        .addOutput("score"))
                .addOutput(floats("score", 1))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("millrace")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(ML_DOMAIN).setVersion(ML_OPSET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private void add(int treeId, Tree tree) {
        int inner = tree.feature().length;
        for (int node = 0; node < inner; node++) {
            addNode(treeId, node, tree.feature()[node], "BRANCH_LEQ", floatAtMost(tree.threshold()[node]));
            trueIds.add(nodeId(tree.left()[node], inner));
            falseIds.add(nodeId(tree.right()[node], inner));
        }
        for (int leaf = 0; leaf < tree.leaves().length; leaf++) {
            addNode(treeId, inner + leaf, 0, "LEAF", 0);
            trueIds.add(0L);
            falseIds.add(0L);
            leafTreeIds.add((long) treeId);
            leafNodeIds.add((long) inner + leaf);
            leafWeights.add((float) tree.leaves()[leaf]);
        }
    }

    private void addNode(int treeId, int nodeId, int feature, String mode, float threshold) {
        treeIds.add((long) treeId);
        nodeIds.add((long) nodeId);
        features.add((long) feature);
        modes.add(mode);
        thresholds.add(threshold);
    }

    /** Leaves are numbered behind the inner nodes. */
    private static long nodeId(int child, int inner) {
        return child >= 0 ? child : inner + (-1 - child);
    }

    /** A float is at most the threshold exactly if it is at most the largest float that is; rounding up would lie. */
    static float floatAtMost(double threshold) {
        float nearest = (float) threshold;
        return nearest > threshold ? Math.nextDown(nearest) : nearest;
    }

    private NodeProto node() {
        return NodeProto.newBuilder()
                .setName("trees")
                .setOpType("TreeEnsembleRegressor")
                .setDomain(ML_DOMAIN)
                .addInput("features")
                .addOutput("log_odds")
                .addAttribute(text("aggregate_function", "SUM"))
                .addAttribute(text("post_transform", "NONE"))
                .addAttribute(named("n_targets", AttributeType.INT).setI(1))
                .addAttribute(integers("nodes_treeids", treeIds))
                .addAttribute(integers("nodes_nodeids", nodeIds))
                .addAttribute(integers("nodes_featureids", features))
                .addAttribute(texts("nodes_modes", modes))
                .addAttribute(numbers("nodes_values", thresholds))
                .addAttribute(integers("nodes_truenodeids", trueIds))
                .addAttribute(integers("nodes_falsenodeids", falseIds))
                .addAttribute(integers("target_treeids", leafTreeIds))
                .addAttribute(integers("target_nodeids", leafNodeIds))
                .addAttribute(integers(
                        "target_ids", leafTreeIds.stream().map(id -> 0L).toList()))
                .addAttribute(numbers("target_weights", leafWeights))
                .build();
    }

    private static AttributeProto.Builder named(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private static AttributeProto text(String name, String value) {
        return named(name, AttributeType.STRING).setS(bytes(value)).build();
    }

    private static AttributeProto texts(String name, List<String> values) {
        return named(name, AttributeType.STRINGS)
                .addAllStrings(values.stream().map(OnnxTrees::bytes).toList())
                .build();
    }

    private static AttributeProto integers(String name, List<Long> values) {
        return named(name, AttributeType.INTS).addAllInts(values).build();
    }

    private static AttributeProto numbers(String name, List<Float> values) {
        return named(name, AttributeType.FLOATS).addAllFloats(values).build();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFrom(text, StandardCharsets.UTF_8);
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
                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                .setShape(shape)))
                .build();
    }
}
