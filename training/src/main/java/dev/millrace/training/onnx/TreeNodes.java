package dev.millrace.training.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.millrace.training.learn.Margin;
import dev.millrace.training.learn.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * Trees as the arrays of a TreeEnsembleRegressor. How many rows of training came to each node is in {@code nodes_hitrates},
 * from which effects of features are computed.
 */
final class TreeNodes {
    static final String DOMAIN = "ai.onnx.ml";

    private final List<Long> treeIds = new ArrayList<>();
    private final List<Long> nodeIds = new ArrayList<>();
    private final List<Long> features = new ArrayList<>();
    private final List<String> modes = new ArrayList<>();
    private final List<Float> thresholds = new ArrayList<>();
    private final List<Float> covers = new ArrayList<>();
    private final List<Long> trueIds = new ArrayList<>();
    private final List<Long> falseIds = new ArrayList<>();
    private final List<Long> leafTreeIds = new ArrayList<>();
    private final List<Long> leafNodeIds = new ArrayList<>();
    private final List<Float> leafWeights = new ArrayList<>();

    /** The node that makes {@code output} of {@code features}. */
    static NodeProto of(Margin.Trees model, String input, String output) {
        TreeNodes nodes = new TreeNodes();
        for (int id = 0; id < model.trees().size(); id++) {
            nodes.add(id, model.trees().get(id), model.scale());
        }
        return nodes.node(input, output);
    }

    private void add(int treeId, Tree tree, double scale) {
        int inner = tree.feature().length;
        for (int node = 0; node < inner; node++) {
            addNode(
                    treeId,
                    node,
                    tree.feature()[node],
                    "BRANCH_LEQ",
                    floatAtMost(tree.threshold()[node]),
                    tree.covers()[node]);
            trueIds.add(nodeId(tree.left()[node], inner));
            falseIds.add(nodeId(tree.right()[node], inner));
        }
        for (int leaf = 0; leaf < tree.leaves().length; leaf++) {
            double cover = tree.leafCovers().length == 0 ? 0 : tree.leafCovers()[leaf];
            addNode(treeId, inner + leaf, 0, "LEAF", 0, cover);
            trueIds.add(0L);
            falseIds.add(0L);
            leafTreeIds.add((long) treeId);
            leafNodeIds.add((long) inner + leaf);
            leafWeights.add((float) (tree.leaves()[leaf] * scale));
        }
    }

    private void addNode(int treeId, int nodeId, int feature, String mode, float threshold, double cover) {
        treeIds.add((long) treeId);
        nodeIds.add((long) nodeId);
        features.add((long) feature);
        modes.add(mode);
        thresholds.add(threshold);
        covers.add((float) cover);
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

    private NodeProto node(String input, String output) {
        return NodeProto.newBuilder()
                .setName("trees")
                .setOpType("TreeEnsembleRegressor")
                .setDomain(DOMAIN)
                .addInput(input)
                .addOutput(output)
                .addAttribute(Attributes.text("aggregate_function", "SUM"))
                .addAttribute(Attributes.text("post_transform", "NONE"))
                .addAttribute(Attributes.integer("n_targets", 1))
                .addAttribute(Attributes.integers("nodes_treeids", treeIds))
                .addAttribute(Attributes.integers("nodes_nodeids", nodeIds))
                .addAttribute(Attributes.integers("nodes_featureids", features))
                .addAttribute(Attributes.texts("nodes_modes", modes))
                .addAttribute(Attributes.numbers("nodes_values", thresholds))
                .addAttribute(Attributes.numbers("nodes_hitrates", covers))
                .addAttribute(Attributes.integers("nodes_truenodeids", trueIds))
                .addAttribute(Attributes.integers("nodes_falsenodeids", falseIds))
                .addAttribute(Attributes.integers("target_treeids", leafTreeIds))
                .addAttribute(Attributes.integers("target_nodeids", leafNodeIds))
                .addAttribute(Attributes.integers(
                        "target_ids", leafTreeIds.stream().map(id -> 0L).toList()))
                .addAttribute(Attributes.numbers("target_weights", leafWeights))
                .build();
    }
}
