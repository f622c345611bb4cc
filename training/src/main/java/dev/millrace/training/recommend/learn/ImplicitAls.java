package dev.millrace.training.recommend.learn;

import dev.millrace.training.recommend.history.Histories;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionInner_FDRM;
import org.ejml.dense.row.linsol.chol.LinearSolverChol_FDRM;

/**
 * Factors of users and items by alternating least squares over all pairs (Hu, Koren, Volinsky, Collaborative Filtering for
 * Implicit Feedback Datasets, ICDM 2008), with the weights and the regularization by frequency of Rendle et al., Revisiting the
 * Performance of iALS on Item Recommendation Benchmarks, RecSys 2022. Only the items' factors are kept: a user's are solved
 * for from the history when it is asked, so that a user who was never seen is like any other.
 */
public final class ImplicitAls implements Recommender {
    private static final double SPREAD = 0.1;

    private final Settings settings;
    private final Fading fading;
    private final int users;
    private final int items;
    private final float[] factors;
    private final float[] products;

    /**
     * How it is learned.
     *
     * @param dimension how many factors
     * @param unobserved what a pair that was not observed weighs; one that was weighs more by what the choice counts for
     * @param regularization times the number of pairs of the user or item, those not observed by their weight
     * @param rounds how often both sides are solved for
     */
    public record Settings(int dimension, double unobserved, double regularization, int rounds) {
        /** The same with more factors. */
        public Settings wider(int dimensions, int turns) {
            return new Settings(dimensions, unobserved, regularization, turns);
        }
    }

    private ImplicitAls(Settings settings, Fading fading, int users, int items, float[] factors, float[] products) {
        this.settings = settings;
        this.fading = fading;
        this.users = users;
        this.items = items;
        this.factors = factors;
        this.products = products;
    }

    /** Learns; the same histories and seed give the same factors. */
    public static ImplicitAls learn(Histories known, Settings settings, long seed) {
        int[][] byUser = IntStream.range(0, known.users()).mapToObj(known::of).toArray(int[][]::new);
        int[][] byItem = turned(byUser, known.items());
        float[][] ofUser =
                IntStream.range(0, known.users()).mapToObj(known::weights).toArray(float[][]::new);
        float[][] ofItem = turned(byUser, ofUser, byItem);
        int dimension = settings.dimension();
        float[] ofUsers = new float[byUser.length * dimension];
        float[] ofItems = random(byItem.length * dimension, SPREAD / Math.sqrt(dimension), seed);
        for (int round = 0; round < settings.rounds(); round++) {
            solve(byUser, ofUser, ofItems, byItem.length, ofUsers, settings);
            solve(byItem, ofItem, ofUsers, byUser.length, ofItems, settings);
        }
        return new ImplicitAls(
                settings,
                Fading.NONE,
                known.users(),
                known.items(),
                ofItems,
                products(ofItems, dimension, settings.unobserved()));
    }

    /** The same factors, asked with other weights of the history. */
    public ImplicitAls with(Fading other) {
        return new ImplicitAls(settings, other, users, items, factors, products);
    }

    /** How it was learned. */
    public Settings settings() {
        return settings;
    }

    /** How many items there are. */
    public int items() {
        return items;
    }

    /** The items' factors, one item after another; not a copy. */
    public float[] factors() {
        return factors;
    }

    /** How a history fades. */
    public Fading fading() {
        return fading;
    }

    @Override
    public String text() {
        return String.format(
                Locale.ROOT,
                "als dimension %d, unobserved %.2f, λ %.4f, rounds %d, %s",
                settings.dimension(),
                settings.unobserved(),
                settings.regularization(),
                settings.rounds(),
                fading.text());
    }

    @Override
    public void score(int[] history, float[] scores) {
        int dimension = settings.dimension();
        float[] user = new float[dimension];
        new Solver(settings, factors, products, items).solve(history, fading.weights(history.length), user, 0);
        for (int item = 0; item < items; item++) {
            float sum = 0;
            int at = item * dimension;
            for (int i = 0; i < dimension; i++) {
                sum += user[i] * factors[at + i];
            }
            scores[item] = sum;
        }
    }

    private static void solve(
            int[][] rows, float[][] weights, float[] others, int count, float[] solved, Settings settings) {
        int dimension = settings.dimension();
        float[] products = products(others, dimension, settings.unobserved());
        ThreadLocal<Solver> solvers = ThreadLocal.withInitial(() -> new Solver(settings, others, products, count));
        IntStream.range(0, rows.length)
                .parallel()
                .forEach(row -> solvers.get().solve(rows[row], weights[row], solved, row * dimension));
    }

    /** The sum of the products of all rows with themselves, times a weight. */
    private static float[] products(float[] rows, int dimension, double weight) {
        double[] sums = new double[dimension * dimension];
        for (int row = 0; row < rows.length; row += dimension) {
            for (int i = 0; i < dimension; i++) {
                double value = rows[row + i];
                for (int j = i; j < dimension; j++) {
                    sums[i * dimension + j] += value * rows[row + j];
                }
            }
        }
        float[] products = new float[sums.length];
        for (int i = 0; i < sums.length; i++) {
            products[i] = (float) (weight * sums[i]);
        }
        return products;
    }

    private static int[][] turned(int[][] rows, int columns) {
        int[] counts = new int[columns];
        for (int[] row : rows) {
            for (int column : row) {
                counts[column]++;
            }
        }
        int[][] turned = new int[columns][];
        for (int column = 0; column < columns; column++) {
            turned[column] = new int[counts[column]];
        }
        Arrays.fill(counts, 0);
        for (int row = 0; row < rows.length; row++) {
            for (int column : rows[row]) {
                turned[column][counts[column]++] = row;
            }
        }
        return turned;
    }

    /** The rows' weights in the order of the columns' rows. */
    private static float[][] turned(int[][] rows, float[][] weights, int[][] columns) {
        float[][] turned = new float[columns.length][];
        Arrays.setAll(turned, column -> new float[columns[column].length]);
        int[] counts = new int[columns.length];
        for (int row = 0; row < rows.length; row++) {
            for (int i = 0; i < rows[row].length; i++) {
                int column = rows[row][i];
                turned[column][counts[column]++] = weights[row][i];
            }
        }
        return turned;
    }

    private static float[] random(int count, double deviation, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            // The sum of 12 uniform numbers is near enough to a normal one, and the same on every Java.
            double sum = -6;
            for (int j = 0; j < 12; j++) {
                sum += random.nextDouble();
            }
            values[i] = (float) (sum * deviation);
        }
        return values;
    }

    /** Solves for one row after another, in the same space. Confined to one thread. */
    private static final class Solver {
        private final int dimension;
        private final double unobserved;
        private final double regularization;
        private final float[] others;
        private final float[] products;
        private final int count;
        private final FMatrixRMaj left;
        private final FMatrixRMaj right;
        private final LinearSolverChol_FDRM cholesky =
                new LinearSolverChol_FDRM(new CholeskyDecompositionInner_FDRM(true));

        Solver(Settings settings, float[] others, float[] products, int count) {
            this.dimension = settings.dimension();
            this.unobserved = settings.unobserved();
            this.regularization = settings.regularization();
            this.others = others;
            this.products = products;
            this.count = count;
            this.left = new FMatrixRMaj(dimension, dimension);
            this.right = new FMatrixRMaj(dimension, 1);
        }

        void solve(int[] observed, float[] weights, float[] solved, int at) {
            float[] matrix = left.data;
            float[] vector = right.data;
            System.arraycopy(products, 0, matrix, 0, matrix.length);
            Arrays.fill(vector, 0);
            double pairs = unobserved * count;
            for (int k = 0; k < observed.length; k++) {
                add(matrix, vector, observed[k] * dimension, weights[k]);
                pairs += weights[k];
            }
            float ridge = (float) (regularization * pairs);
            for (int i = 0; i < dimension; i++) {
                matrix[i * dimension + i] += ridge;
                for (int j = i + 1; j < dimension; j++) {
                    matrix[j * dimension + i] = matrix[i * dimension + j];
                }
            }
            if (!cholesky.setA(left)) {
                throw new IllegalStateException("a sum of squares with a ridge of " + ridge + " is positive definite");
            }
            cholesky.solve(right, right);
            System.arraycopy(vector, 0, solved, at, dimension);
        }

        private void add(float[] matrix, float[] vector, int from, float weight) {
            for (int i = 0; i < dimension; i++) {
                float value = weight * others[from + i];
                vector[i] += value;
                int row = i * dimension;
                for (int j = i; j < dimension; j++) {
                    matrix[row + j] += value * others[from + j];
                }
            }
        }
    }
}
