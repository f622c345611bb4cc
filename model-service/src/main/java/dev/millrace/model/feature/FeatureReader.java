package dev.millrace.model.feature;

import dev.millrace.model.inference.FeatureRows;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.math.BigDecimal;
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
    /** What stands for missing numbers. */
    private final float[] absent;
    /** Of features that are texts; null of others. */
    private final String[] textReferences;

    private FeatureReader(int[] ordinals, float[] references, float[] absent, String[] textReferences) {
        this.ordinals = ordinals;
        this.references = references;
        this.absent = absent;
        this.textReferences = textReferences;
    }

    /**
     * A reader of these features from rows of that schema.
     *
     * @throws IllegalArgumentException if a feature is no field of it, or none that can be given to a model
     */
    public static FeatureReader of(Schema clean, List<Feature> features) {
        int[] ordinals = new int[features.size()];
        float[] references = new float[features.size()];
        float[] absent = new float[features.size()];
        String[] textReferences = new String[features.size()];
        for (int i = 0; i < ordinals.length; i++) {
            Feature feature = features.get(i);
            ordinals[i] = clean.ordinal(feature.name());
            references[i] = feature.number();
            absent[i] = feature.absent();
            textReferences[i] = feature.isText() ? (String) feature.reference() : null;
            requireReadable(feature, clean.field(ordinals[i]).type());
        }
        return new FeatureReader(ordinals, references, absent, textReferences);
    }

    private static void requireReadable(Feature feature, FieldType type) {
        if (type == FieldType.JSON || type == FieldType.STRING && !feature.isText()) {
            throw new IllegalArgumentException("feature '" + feature.name() + "' is a " + type.declaredName()
                    + ", and a model takes numbers, true or false, and times"
                    + (type == FieldType.STRING ? "; one that takes texts says so by a reference that is a text" : ""));
        }
    }

    /** How many features a row has. */
    public int size() {
        return ordinals.length;
    }

    /** Writes the row's features, of which none is a text, from that index on; a missing value is what stands for it. */
    public void read(Row row, float[] target, int index) {
        for (int i = 0; i < ordinals.length; i++) {
            Object value = row.get(ordinals[i]);
            target[index + i] = value == null ? absent[i] : number(value);
        }
    }

    /** Writes the row's features to a row of the target; a missing value is what stands for it. */
    public void read(Row row, FeatureRows target, int targetRow) {
        for (int i = 0; i < ordinals.length; i++) {
            Object value = row.get(ordinals[i]);
            if (textReferences[i] != null) {
                target.put(targetRow, i, value == null ? textReferences[i] : text(value));
            } else {
                target.put(targetRow, i, value == null ? absent[i] : number(value));
            }
        }
    }

    /** The rows' features. */
    public FeatureRows read(List<Row> rows) {
        FeatureRows features = new FeatureRows(rows.size(), ordinals.length);
        for (int i = 0; i < rows.size(); i++) {
            read(rows.get(i), features, i);
        }
        return features;
    }

    /** Puts the reference of one feature in its place. */
    public void replace(FeatureRows rows, int row, int feature) {
        if (textReferences[feature] != null) {
            rows.put(row, feature, textReferences[feature]);
        } else {
            rows.put(row, feature, references[feature]);
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

    private static float number(Object value) {
        if (value instanceof Number number) {
            return number.floatValue();
        }
        if (value instanceof Boolean bool) {
            return bool ? 1 : 0;
        }
        return value instanceof Instant instant ? instant.getEpochSecond() : ((LocalDate) value).toEpochDay();
    }

    private static String text(Object value) {
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
    }
}
