package dev.millrace.training.learn;

import com.microsoft.ml.lightgbm.PredictionType;
import dev.millrace.training.sample.Samples;
import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMBooster.FeatureImportanceType;
import io.github.metarank.lightgbm4j.LGBMDataset;
import io.github.metarank.lightgbm4j.LGBMException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Trees by LightGBM: boosted, each mending what those before left over, or a random forest, each of a part of the rows.
 *
 * @param kind what they are called
 * @param rounds how many trees
 * @param settings LightGBM's parameters
 */
public record TreesCandidate(String kind, int rounds, Map<String, String> settings) implements Candidate {
    /** What boosted trees are called. */
    public static final String BOOSTED = "boosted_trees";
    /** What a random forest is called. */
    public static final String FOREST = "random_forest";

    public TreesCandidate {
        settings = Map.copyOf(settings);
    }

    @Override
    public Learned learn(Samples samples, long seed) {
        NativeLightGbm.load();
        // One thread and row-wise histograms: sums in one order, whatever the machine. Missing values were filled.
        String all = settings.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .collect(Collectors.joining(" "))
                + " objective=binary use_missing=false deterministic=true force_row_wise=true num_threads=1 verbosity=-1"
                + " seed=" + (int) seed;
        try (LGBMDataset data = LGBMDataset.createFromMat(
                samples.values(), samples.size(), samples.features().size(), true, all, null)) {
            data.setField("label", samples.labels());
            LGBMBooster booster = LGBMBooster.create(data, all);
            for (int round = 0; round < rounds && !booster.updateOneIter(); round++) {
                // updateOneIter says true once no further split is worth it.
            }
            boolean mean = FOREST.equals(kind);
            return new LearnedTrees(booster, samples.features().size(), mean);
        } catch (LGBMException e) {
            throw new IllegalStateException("LightGBM can not learn: " + e.getMessage(), e);
        }
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("rounds", Integer.toString(rounds));
        return all;
    }

    private static final class LearnedTrees implements Learned {
        private final LGBMBooster booster;
        private final int features;
        private final boolean mean;

        LearnedTrees(LGBMBooster booster, int features, boolean mean) {
            this.booster = booster;
            this.features = features;
            this.mean = mean;
        }

        @Override
        public double[] margins(float[] values, int rows) {
            try {
                double[] margins = booster.predictForMat(
                        values, rows, features, true, PredictionType.C_API_PREDICT_RAW_SCORE, "num_threads=1");
                // A forest's raw score is the sum of its trees, whatever its probability is made of: their mean.
                double scale = scale(trees().size());
                for (int row = 0; mean && row < rows; row++) {
                    margins[row] *= scale;
                }
                return margins;
            } catch (LGBMException e) {
                throw new IllegalStateException("LightGBM can not score: " + e.getMessage(), e);
            }
        }

        @Override
        public Margin margin() {
            List<Tree> trees = trees();
            return new Margin.Trees(trees, scale(trees.size()));
        }

        private double scale(int trees) {
            return mean ? 1.0 / trees : 1;
        }

        private List<Tree> trees() {
            try {
                return LightGbmText.read(booster.saveModelToString(0, 0, FeatureImportanceType.GAIN));
            } catch (LGBMException e) {
                throw new IllegalStateException("LightGBM does not give its model: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            try {
                booster.close();
            } catch (LGBMException e) {
                throw new IllegalStateException("LightGBM does not free its model: " + e.getMessage(), e);
            }
        }
    }
}
