package dev.millrace.model.training;

import com.microsoft.ml.lightgbm.PredictionType;
import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMBooster.FeatureImportanceType;
import io.github.metarank.lightgbm4j.LGBMDataset;
import io.github.metarank.lightgbm4j.LGBMException;
import java.util.List;

/** Gradient-boosted trees, trained by LightGBM. Holds native memory until it is closed; confined to one thread. */
final class BoostedTrees implements AutoCloseable {
    private static final int ROUNDS = 100;

    private final LGBMBooster booster;
    private final int features;

    private BoostedTrees(LGBMBooster booster, int features) {
        this.booster = booster;
        this.features = features;
    }

    /** Trees that tell the frauds among the samples. The same samples and seed give the same trees. */
    static BoostedTrees train(Samples samples, long seed) throws LGBMException {
        // One thread and row-wise histograms: sums in one order, whatever the machine. The pipeline knows no missing
        // value that a feature could have, so none gets a branch.
        String settings = "objective=binary learning_rate=0.1 max_depth=3 num_leaves=8 min_data_in_leaf=50"
                + " use_missing=false deterministic=true force_row_wise=true num_threads=1 verbosity=-1"
                + " seed=" + (int) seed;
        try (LGBMDataset data =
                LGBMDataset.createFromMat(samples.values(), samples.size(), samples.features(), true, settings, null)) {
            data.setField("label", samples.labels());
            LGBMBooster booster = LGBMBooster.create(data, settings);
            for (int round = 0; round < ROUNDS && !booster.updateOneIter(); round++) {
                // updateOneIter says true once no further split is worth it.
            }
            return new BoostedTrees(booster, samples.features());
        }
    }

    /** The trees; their sum is the logarithm of the odds. */
    List<Tree> trees() throws LGBMException {
        return LightGbmText.read(booster.saveModelToString(0, 0, FeatureImportanceType.GAIN));
    }

    /** LightGBM's own probabilities for rows of features. */
    double[] probabilities(float[] values) throws LGBMException {
        return booster.predictForMat(
                values, values.length / features, features, true, PredictionType.C_API_PREDICT_NORMAL);
    }

    @Override
    public void close() throws LGBMException {
        booster.close();
    }
}
