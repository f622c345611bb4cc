package dev.millrace.model.feature;

import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/**
 * Takes a model's features out of clean rows: the one way for the stream, for {@code /predict} and for training.
 * Immutable and thread-safe.
 */
public final class FeatureReader {
    private final int[] ordinals;
    private final float[] references;

    private FeatureReader(int[] ordinals, float[] references) {
        this.ordinals = ordinals;
        this.references = references;
    }

    /**
     * A reader of these features from rows of that schema.
     *
     * @throws IllegalArgumentException if a feature is no field of it, or none that a number can be made of
     */
    public static FeatureReader of(Schema clean, List<Feature> features) {
        int[] ordinals = new int[features.size()];
        float[] references = new float[features.size()];
        for (int i = 0; i < ordinals.length; i++) {
            ordinals[i] = clean.ordinal(features.get(i).name());
            references[i] = features.get(i).reference();
            FieldType type = clean.field(ordinals[i]).type();
            if (type == FieldType.STRING || type == FieldType.JSON) {
                throw new IllegalArgumentException("feature '" + features.get(i).name() + "' is a "
                        + type.declaredName() + ", and a model takes numbers, true or false, and times");
            }
        }
        return new FeatureReader(ordinals, references);
    }

    /** How many features a row has. */
    public int size() {
        return ordinals.length;
    }

    /** Writes the row's features from that index on; a missing value is its feature's reference. */
    public void read(Row row, float[] target, int index) {
        for (int i = 0; i < ordinals.length; i++) {
            Object value = row.get(ordinals[i]);
            target[index + i] = value == null ? references[i] : number(value);
        }
    }

    /** Puts NaN in place of references, where the row's values are missing. */
    public void markMissing(Row row, float[] target, int index) {
        for (int i = 0; i < ordinals.length; i++) {
            if (row.get(ordinals[i]) == null) {
                target[index + i] = Float.NaN;
            }
        }
    }

    /** The feature's reference value. */
    public float reference(int feature) {
        return references[feature];
    }

    private static float number(Object value) {
        if (value instanceof Number number) {
            return number.floatValue();
        }
        if (value instanceof Boolean bool) {
            return bool ? 1 : 0;
        }
        return value instanceof Instant instant ? instant.getEpochSecond() : ((LocalDate) value).toEpochDay();
    }
}
