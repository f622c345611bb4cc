package dev.millrace.training.recommend.learn;

import java.util.Locale;

/**
 * How much less an item of a history weighs the more a user chose since: 1 for the latest, (1 + n)^−power for one with n after
 * it. A power law, because it means the same for short histories and long ones.
 *
 * @param power 0 where all weigh the same
 */
public record Fading(double power) {
    /** None. */
    public static final Fading NONE = new Fading(0);

    /** The weight of each item of a history of that length, the latest last. */
    public float[] weights(int length) {
        float[] weights = new float[length];
        for (int after = 0; after < length; after++) {
            weights[length - 1 - after] = (float) Math.pow(1.0 + after, -power);
        }
        return weights;
    }

    /** In a few characters. */
    public String text() {
        return String.format(Locale.ROOT, "fading %.2f", power);
    }
}
