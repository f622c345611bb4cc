package dev.millrace.model.protocol;

import dev.millrace.model.inference.Tensor;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The protocol's extension {@code classification}: of an output's row the greatest values, the greatest first, as texts of
 * value and index ({@code 0.731059:1}). Stateless.
 */
final class Classification {
    private static final int MOST = 1 << 20;

    private Classification() {}

    /**
     * How many classes were asked for.
     *
     * @throws Refusal if it is no number of classes
     */
    static OptionalInt classes(String output, long classes) {
        if (classes < 0 || classes > MOST) {
            throw Refusal.invalid(
                    "output " + Quoted.of(output) + ": classification is a number of classes, not " + classes);
        }
        return classes == 0 ? OptionalInt.empty() : OptionalInt.of((int) classes);
    }

    /**
     * The greatest values.
     *
     * @param rows whether the output's first dimension counts rows
     * @throws Refusal if the output has no numbers
     */
    static Tensor of(String name, Tensor output, boolean rows, int classes) {
        if (!(output instanceof Tensor.Fixed fixed)) {
            throw Refusal.invalid("output '" + name + "' holds texts, which can not be asked for as classes");
        }
        boolean byRow = rows && output.shape().length > 0 && output.rows() > 0;
        int count = byRow ? output.rows() : 1;
        int width = output.elements() / count;
        int most = Math.min(classes, width);
        String[] texts = new String[count * most];
        for (int row = 0; row < count; row++) {
            int first = row * width;
            int place = row * most;
            int[] greatest = IntStream.range(0, width)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer index) -> order(fixed.number(first + index))))
                    .limit(most)
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int i = 0; i < most; i++) {
                texts[place + i] = text(fixed, first + greatest[i]) + ":" + greatest[i];
            }
        }
        return new Tensor.Texts(byRow ? new long[] {count, most} : new long[] {most}, texts);
    }

    /** The greatest first, and behind all what is no number. */
    private static double order(double value) {
        return Double.isNaN(value) ? Double.POSITIVE_INFINITY : -value;
    }

    private static String text(Tensor.Fixed values, int index) {
        return switch (values.type()) {
            case FP16, BF16, FP32, FP64 -> String.format(Locale.ROOT, "%f", values.number(index));
            case UINT64 -> Long.toUnsignedString(values.integer(index));
            default -> Long.toString(values.integer(index));
        };
    }

    /** The outputs, those that were asked for as classes as such. */
    static void apply(Map<String, Tensor> outputs, Map<String, Integer> classes, boolean rows) {
        outputs.replaceAll(
                (name, output) -> classes.containsKey(name) ? of(name, output, rows, classes.get(name)) : output);
    }
}
