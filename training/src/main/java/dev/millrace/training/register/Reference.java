package dev.millrace.training.register;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.training.fit.Fitted;
import dev.millrace.training.sample.Samples;
import java.util.Arrays;
import java.util.Map;

/**
 * How the features of training and the scores of the test, or those of lists, are distributed, for whoever looks for drift: at most 20 bins
 * each, of about as many rows. A bin reaches from above its lower edge up to and with its upper one; the first and the last
 * are open.
 */
public final class Reference {
    private static final int BINS = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Reference() {}

    static ObjectNode of(Fitted model) {
        ObjectNode reference =
                JSON.createObjectNode().put("rows", model.training().size());
        ObjectNode features = reference.putObject("features");
        Samples training = model.training();
        for (int feature = 0; feature < training.features().size(); feature++) {
            float[] present = training.sorted(feature);
            double missing = training.size() == 0 ? 0 : 1 - (double) present.length / training.size();
            features.set(training.features().get(feature), bins(doubles(present), missing));
        }
        double[] scores = model.scores().clone();
        Arrays.sort(scores);
        reference.set("score", bins(scores, 0));
        return reference;
    }

    /**
     * Of lists.
     *
     * @param features values by the features' names; NaN is one that is missing
     * @param scores a score a list
     */
    public static ObjectNode of(Map<String, double[]> features, double[] scores) {
        ObjectNode reference = JSON.createObjectNode().put("rows", scores.length);
        ObjectNode all = reference.putObject("features");
        features.forEach((name, values) -> {
            double[] present = Arrays.stream(values)
                    .filter(value -> !Double.isNaN(value))
                    .sorted()
                    .toArray();
            all.set(name, bins(present, values.length == 0 ? 0 : 1 - (double) present.length / values.length));
        });
        reference.set("score", bins(Arrays.stream(scores).sorted().toArray(), 0));
        return reference;
    }

    private static double[] doubles(float[] floats) {
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }

    /** Many equal values are one bin, so that a flag has two. */
    private static ObjectNode bins(double[] sorted, double missing) {
        ObjectNode bins = JSON.createObjectNode().put("missing", rounded(missing));
        ArrayNode edges = bins.putArray("edges");
        ArrayNode shares = bins.putArray("shares");
        if (sorted.length == 0) {
            shares.add(1.0);
            return bins;
        }
        int from = 0;
        for (int bin = 1; bin < BINS; bin++) {
            double edge = sorted[(int) ((long) bin * (sorted.length - 1) / BINS)];
            int to = behind(sorted, edge);
            if (to > from && to < sorted.length) {
                edges.add(edge);
                shares.add(rounded((double) (to - from) / sorted.length));
                from = to;
            }
        }
        shares.add(rounded((double) (sorted.length - from) / sorted.length));
        return bins;
    }

    private static int behind(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] <= value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double rounded(double value) {
        return Math.round(value * 1e6) / 1e6;
    }
}
