package dev.millrace.bench.serving;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A model of full trees with random thresholds, as trainers export boosted ones: what it says is of no use, but it takes as
 * long as one of that size. The same seed gives the same bytes.
 */
final class Forest {
    private static final String ML_DOMAIN = "ai.onnx.ml";
    /** About the greatest values of amount, weekend, night, logarithm of the amount and hour. */
    private static final float[] RANGES = {220, 1, 1, 6, 24};

    private final Random random = new Random(7);
    private final List<Long> trees = new ArrayList<>();
    private final List<Long> nodes = new ArrayList<>();
    private final List<Long> features = new ArrayList<>();
    private final List<ByteString> modes = new ArrayList<>();
    private final List<Float> values = new ArrayList<>();
    private final List<Long> whenTrue = new ArrayList<>();
    private final List<Long> whenFalse = new ArrayList<>();
    private final List<Long> leafTrees = new ArrayList<>();
    private final List<Long> leafNodes = new ArrayList<>();
    private final List<Float> leaves = new ArrayList<>();

    private Forest() {}

    /** The model's bytes. */
    static byte[] of(int count, int depth, int width) {
        Forest forest = new Forest();
        for (int tree = 0; tree < count; tree++) {
            forest.add(tree, depth, width);
        }
        return forest.write(width);
    }

    /** A full tree, its nodes numbered as in a heap. */
    private void add(long tree, int depth, int width) {
        int inner = (1 << depth) - 1;
        for (int node = 0; node < 2 * inner + 1; node++) {
            boolean leaf = node >= inner;
            int feature = leaf ? 0 : random.nextInt(width);
            trees.add(tree);
            nodes.add((long) node);
            features.add((long) feature);
            modes.add(ByteString.copyFromUtf8(leaf ? "LEAF" : "BRANCH_LEQ"));
            values.add(leaf ? 0 : random.nextFloat() * RANGES[feature % RANGES.length]);
            whenTrue.add(leaf ? 0 : 2L * node + 1);
            whenFalse.add(leaf ? 0 : 2L * node + 2);
            if (leaf) {
                leafTrees.add(tree);
                leafNodes.add((long) node);
                leaves.add((float) (random.nextGaussian() / 20));
            }
        }
    }

    private byte[] write(int width) {
        NodeProto ensemble = NodeProto.newBuilder()
                .setName("trees")
                .setOpType("TreeEnsembleRegressor")
                .setDomain(ML_DOMAIN)
                .addInput("features")
                .addOutput("log_odds")
                .addAttribute(named("n_targets", AttributeType.INT).setI(1))
                .addAttribute(integers("nodes_treeids", trees))
                .addAttribute(integers("nodes_nodeids", nodes))
                .addAttribute(integers("nodes_featureids", features))
                .addAttribute(named("nodes_modes", AttributeType.STRINGS).addAllStrings(modes))
                .addAttribute(named("nodes_values", AttributeType.FLOATS).addAllFloats(values))
                .addAttribute(integers("nodes_truenodeids", whenTrue))
                .addAttribute(integers("nodes_falsenodeids", whenFalse))
                .addAttribute(integers("target_treeids", leafTrees))
                .addAttribute(integers("target_nodeids", leafNodes))
                .addAttribute(
                        integers("target_ids", leafTrees.stream().map(id -> 0L).toList()))
                .addAttribute(named("target_weights", AttributeType.FLOATS).addAllFloats(leaves))
                .build();
        GraphProto graph = GraphProto.newBuilder()
                .setName("forest")
                .addInput(floats("features", width))
                .addNode(ensemble)
                .addNode(NodeProto.newBuilder()
                        .setName("probability")
                        .setOpType("Sigmoid")
                        .addInput("log_odds")
                        .addOutput("score"))
                .addOutput(floats("score", 1))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(ML_DOMAIN).setVersion(3))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static AttributeProto.Builder named(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private static AttributeProto.Builder integers(String name, List<Long> values) {
        return named(name, AttributeType.INTS).addAllInts(values);
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
