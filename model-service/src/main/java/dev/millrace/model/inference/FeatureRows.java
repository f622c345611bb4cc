package dev.millrace.model.inference;

import java.util.Arrays;

/**
 * Rows of features as a model is given them: numbers, and texts where it takes such. One thread fills it; from then on it
 * is left alone.
 */
public final class FeatureRows {
    private final int rows;
    private final int width;
    /** Row after row; where a text stands, NaN. */
    private final float[] numbers;
    /** As the numbers; null as long as there is no text at all, which is the rule. */
    private String[] texts;

    /** So many rows of so many features, to be filled. */
    public FeatureRows(int rows, int width) {
        this(rows, width, new float[rows * width], null);
    }

    private FeatureRows(int rows, int width, float[] numbers, String[] texts) {
        this.rows = rows;
        this.width = width;
        this.numbers = numbers;
        this.texts = texts;
    }

    /** Rows of numbers alone, row after row. */
    public static FeatureRows of(float[] numbers, int width) {
        return new FeatureRows(width == 0 ? 0 : numbers.length / width, width, numbers, null);
    }

    /** No rows at all. */
    public static FeatureRows none() {
        return new FeatureRows(0, 0);
    }

    /** How many rows there are. */
    public int rows() {
        return rows;
    }

    /** How many features a row has. */
    public int width() {
        return width;
    }

    /** All numbers, row after row; NaN where a text stands. */
    public float[] numbers() {
        return numbers;
    }

    /** Whether any feature is a text. */
    public boolean hasTexts() {
        return texts != null;
    }

    /** A row's feature: a {@link Float} or a {@link String}. */
    public Object value(int row, int feature) {
        int place = row * width + feature;
        return texts == null || texts[place] == null ? (Object) numbers[place] : texts[place];
    }

    /** Puts a number there. */
    public void put(int row, int feature, float number) {
        numbers[row * width + feature] = number;
        if (texts != null) {
            texts[row * width + feature] = null;
        }
    }

    /** Puts a text there. */
    public void put(int row, int feature, String text) {
        if (texts == null) {
            texts = new String[numbers.length];
        }
        numbers[row * width + feature] = Float.NaN;
        texts[row * width + feature] = text;
    }

    /** The rows from one on, so many of them. */
    public FeatureRows part(int first, int count) {
        int from = first * width;
        int to = (first + count) * width;
        return new FeatureRows(
                count,
                width,
                Arrays.copyOfRange(numbers, from, to),
                texts == null ? null : Arrays.copyOfRange(texts, from, to));
    }

    /** Of so many rows that follow each other, each first one. */
    public FeatureRows every(int step) {
        if (step == 1) {
            return this;
        }
        FeatureRows firsts = new FeatureRows(rows / step, width);
        if (texts != null) {
            firsts.texts = new String[firsts.numbers.length];
        }
        for (int row = 0; row < firsts.rows; row++) {
            System.arraycopy(numbers, row * step * width, firsts.numbers, row * width, width);
            if (texts != null) {
                System.arraycopy(texts, row * step * width, firsts.texts, row * width, width);
            }
        }
        return firsts;
    }
}
