package dev.millrace.training.learn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A rising curve of straight pieces: flat over blocks of rows, found by pooling adjacent violators (Ayer and others, 1955),
 * and steep, but not upright, from one block to the next.
 *
 * @param margins where the pieces begin and end, rising; at least two
 * @param shares the share of rows that is positive at each of them; never falling
 */
public record Isotonic(List<Double> margins, List<Double> shares) implements Calibration {
    /**
     * The curve rises from a block to the next over half as much at least: a model's file computes with floats, and where the
     * curve is steep its score would not be its library's.
     */
    private static final double LEAST_GAP = 0.25;

    public Isotonic {
        margins = List.copyOf(margins);
        shares = List.copyOf(shares);
    }

    private record Block(double least, double most, double margin, double positives, double rows) {
        double share() {
            return positives / rows;
        }

        Block and(Block next) {
            double all = rows + next.rows;
            return new Block(
                    least, next.most, (margin * rows + next.margin * next.rows) / all, positives + next.positives, all);
        }
    }

    /** Fitted to margins of rows that nothing was learned from; Platt's where they have fewer than two blocks. */
    public static Calibration fit(double[] margins, boolean[] positives) {
        List<Block> blocks = new ArrayList<>();
        IntStream.range(0, margins.length)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> margins[row]))
                .forEach(row -> {
                    double margin = margins[row];
                    Block block = new Block(margin, margin, margin, positives[row] ? 1 : 0, 1);
                    while (!blocks.isEmpty() && isOneWith(blocks.get(blocks.size() - 1), block)) {
                        block = blocks.remove(blocks.size() - 1).and(block);
                    }
                    blocks.add(block);
                });
        List<Block> apart = new ArrayList<>();
        for (Block block : blocks) {
            boolean near = !apart.isEmpty()
                    && block.margin() - apart.get(apart.size() - 1).margin() < LEAST_GAP;
            apart.add(near ? apart.remove(apart.size() - 1).and(block) : block);
        }
        return apart.size() < 2 ? Platt.fit(margins, positives) : through(apart);
    }

    private static Isotonic through(List<Block> blocks) {
        List<Double> margins = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        for (Block block : blocks) {
            boolean wide = block.most() - block.least() >= 2 * LEAST_GAP;
            List<Double> ends = wide
                    ? List.of(block.least() + LEAST_GAP / 2, block.most() - LEAST_GAP / 2)
                    : List.of(block.margin());
            for (double end : ends) {
                margins.add(end);
                shares.add(block.share());
            }
        }
        return new Isotonic(margins, shares);
    }

    private static boolean isOneWith(Block before, Block next) {
        return before.share() >= next.share() || before.margin() == next.margin();
    }

    @Override
    public double[] scores(double[] values) {
        double[] scores = new double[values.length];
        for (int row = 0; row < scores.length; row++) {
            double score = shares.get(0);
            for (int piece = 0; piece + 1 < margins.size(); piece++) {
                double width = margins.get(piece + 1) - margins.get(piece);
                double way = Math.max(0, Math.min(1, (values[row] - margins.get(piece)) / width));
                score += way * (shares.get(piece + 1) - shares.get(piece));
            }
            scores[row] = score;
        }
        return scores;
    }
}
