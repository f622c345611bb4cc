package dev.millrace.training.page;

import dev.millrace.training.evaluate.Evaluation;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.fit.Fitted;
import dev.millrace.training.learn.Candidate;
import dev.millrace.training.sample.LabelledEvents;
import dev.millrace.training.sample.Samples;
import dev.millrace.training.search.Trial;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The page that {@code evaluate} writes, in Markdown.
 *
 * @param pipeline the pipeline's name
 * @param events the events
 * @param samples all samples
 * @param sections what was evaluated
 * @param command what makes this page again
 */
public record EvaluationPage(
        String pipeline, LabelledEvents events, Samples samples, List<Section> sections, String command) {
    private static final List<String> MEASURES =
            List.of(Evaluation.AUC_ROC, Evaluation.AVERAGE_PRECISION, Evaluation.CARD_PRECISION);
    private static final List<String> FURTHER =
            List.of(Evaluation.PRECISION, Evaluation.RECALL, Evaluation.EXPECTED_COST, Evaluation.BRIER);

    /**
     * One set of features and length of training.
     *
     * @param trainingDays how many days were learned from
     * @param features the features
     * @param validations the splits that settings were chosen on
     * @param tried all candidates, the best first
     * @param tested by kind, a model each test week
     */
    public record Section(
            int trainingDays,
            List<String> features,
            List<Split> validations,
            List<Tried> tried,
            Map<String, List<Tested>> tested) {}

    /**
     * How a candidate did on the validation weeks, without their rows.
     *
     * @param candidate the candidate
     * @param averagePrecision the mean of the weeks
     */
    public record Tried(Candidate candidate, double averagePrecision) {
        /** Of that trial. */
        public static Tried of(Trial trial) {
            return new Tried(trial.candidate(), trial.meanAveragePrecision());
        }
    }

    /**
     * How a model did in a test week, without the rows that it learned from and was tested on: those of many weeks and kinds
     * do not fit into memory.
     *
     * @param testFrom the first day of the week, in days since 1970-01-01
     * @param metrics how well it did
     * @param rows how many rows were tested
     * @param positives how many of them are positive
     * @param mostCardPrecision the card precision of scores that tell every row
     */
    public record Tested(int testFrom, Map<String, Double> metrics, int rows, int positives, double mostCardPrecision) {
        /** Of that model. */
        public static Tested of(Fitted fitted) {
            return new Tested(
                    fitted.split().testFrom(),
                    fitted.metrics(),
                    fitted.test().size(),
                    fitted.test().positives(),
                    Evaluation.mostCardPrecision(fitted.test()));
        }
    }

    /** The page's text. */
    public String text() {
        StringBuilder page = new StringBuilder();
        line(page, "# Models: %s on %s", pipeline, events.name());
        line(page, "");
        line(
                page,
                "Written by `./millrace evaluate`. %,d events from %s to %s, %,d of them with a positive label. Each went"
                        + " through the pipeline's own transform in the order of time, and labels became known as late as"
                        + " declared; so the features are those of the stream.",
                samples.size(),
                day(samples.firstDay()),
                day(samples.lastDay()),
                samples.positives());
        line(page, "");
        line(page, "The events: %s.", events.origin());
        line(page, "");
        line(
                page,
                "A model learns from some days, then labels are late for some, then it is tested. Keys that are known by"
                        + " then to be compromised are left out of the test. Settings were chosen, and calibration and"
                        + " threshold fitted, on validation weeks before the first test week; the test weeks were looked"
                        + " at once. Every model's ONNX file gave the scores of its library within 1e-5 on every row.");
        sections.forEach(section -> section(page, section));
        line(page, "");
        line(page, "The same again:");
        line(page, "");
        line(page, "```sh");
        line(page, "%s", command);
        line(page, "```");
        return page.toString();
    }

    private void section(StringBuilder page, Section section) {
        line(page, "");
        line(page, "## %d features, %d days to learn from", section.features().size(), section.trainingDays());
        line(page, "");
        line(page, "Mean over the test weeks ± standard deviation:");
        line(page, "");
        line(
                page,
                "| model | AUC ROC | average precision | card precision@100 | precision | recall | cost a row | Brier |");
        line(page, "|---|---|---|---|---|---|---|---|");
        section.tested()
                .forEach((kind, models) -> line(
                        page,
                        "| %s | %s |",
                        name(kind),
                        Stream.concat(MEASURES.stream(), FURTHER.stream())
                                .map(measure -> summary(models, measure))
                                .collect(Collectors.joining(" | "))));
        line(page, "");
        line(page, "Each test week, by its first day: AUC ROC / average precision / card precision@100");
        line(page, "");
        List<Tested> any = section.tested().values().iterator().next();
        line(
                page,
                "| model | %s |",
                any.stream().map(model -> day(model.testFrom())).collect(Collectors.joining(" | ")));
        line(page, "|---|%s", "---|".repeat(any.size()));
        section.tested()
                .forEach((kind, models) -> line(
                        page,
                        "| %s | %s |",
                        name(kind),
                        models.stream()
                                .map(model -> MEASURES.stream()
                                        .map(measure -> String.format(
                                                Locale.ROOT,
                                                "%.3f",
                                                model.metrics().get(measure)))
                                        .collect(Collectors.joining(" / ")))
                                .collect(Collectors.joining(" | "))));
        line(page, "");
        line(
                page,
                "Rows tested: %s; positive: %s. Card precision@100 of scores that tell every row, which is the most that these"
                        + " weeks have: %s.",
                any.stream()
                        .map(model -> String.format(Locale.ROOT, "%,d", model.rows()))
                        .collect(Collectors.joining(", ")),
                any.stream().map(model -> Integer.toString(model.positives())).collect(Collectors.joining(", ")),
                any.stream()
                        .map(model -> String.format(Locale.ROOT, "%.3f", model.mostCardPrecision()))
                        .collect(Collectors.joining(", ")));
        line(page, "");
        line(
                page,
                "The candidates, by mean average precision on the validation weeks from %s:",
                IntStream.range(0, section.validations().size())
                        .mapToObj(i -> day(section.validations().get(i).testFrom()))
                        .collect(Collectors.joining(", ")));
        line(page, "");
        line(page, "| candidate | average precision |");
        line(page, "|---|---|");
        section.tried()
                .forEach(tried -> line(
                        page,
                        "| %s | %.4f |",
                        new TreeMap<>(tried.candidate().settings())
                                .entrySet().stream()
                                        .map(setting -> setting.getKey() + " " + setting.getValue())
                                        .collect(Collectors.joining(
                                                ", ", name(tried.candidate().kind()) + ": ", "")),
                        tried.averagePrecision()));
        line(page, "");
        line(page, "Features: `%s`.", String.join("`, `", section.features()));
    }

    private static String summary(List<Tested> models, String measure) {
        double[] values = models.stream()
                .mapToDouble(model -> model.metrics().get(measure))
                .toArray();
        double mean = Arrays.stream(values).average().orElse(0);
        double variance = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElse(0);
        return String.format(
                Locale.ROOT,
                measure.equals(Evaluation.BRIER) ? "%.4f ± %.4f" : "%.3f ± %.3f",
                mean,
                Math.sqrt(variance));
    }

    private static String name(String kind) {
        return kind.replace('_', ' ');
    }

    private static String day(int day) {
        return LocalDate.ofEpochDay(day).toString();
    }

    private static void line(StringBuilder page, String format, Object... arguments) {
        page.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
