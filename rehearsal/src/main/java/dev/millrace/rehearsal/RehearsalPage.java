package dev.millrace.rehearsal;

import dev.millrace.training.evaluate.Evaluation;
import dev.millrace.training.sample.Learnable;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The page that a rehearsal writes, in Markdown.
 *
 * @param learnable the pipeline
 * @param events what the events are, for people
 * @param command the command that was given
 * @param rehearsed what came of it
 */
record RehearsalPage(Learnable learnable, String events, String command, Rehearsed rehearsed) {
    private static final List<String> MEASURES = List.of(
            Evaluation.AUC_ROC,
            Evaluation.AVERAGE_PRECISION,
            Evaluation.CARD_PRECISION,
            Evaluation.PRECISION,
            Evaluation.RECALL,
            Evaluation.EXPECTED_COST);

    String text() {
        StringBuilder page = new StringBuilder();
        line(page, "# Models: %s on %s", learnable.pipeline().name(), events);
        line(page, "");
        line(
                page,
                "Written by `./millrace rehearse`. %,d events from %s on went through a whole stack, Kafka, PostgreSQL and the four"
                        + " services, in the order of time: over HTTP into ingest-service, through transform-service, which gave each"
                        + " its features, and model-service, which scored it, to load-service and into the warehouse. The label of"
                        + " each of the %,d positive ones followed %d days after it.",
                rehearsed.sent(),
                rehearsed.span().first(),
                rehearsed.labelled(),
                learnable.training().delayDays());
        line(page, "");
        line(
                page,
                "Before each test week `./millrace train --latest` learned from the facts in the warehouse, of the %d days whose"
                        + " labels were known by then. It chose kind, settings, calibration and threshold on validation weeks before"
                        + " that, and registered a version. That was made champion, and scored the week in the stream. What is judged"
                        + " are the scores in the warehouse's rows, each given before anything of its week's labels was known. Keys"
                        + " that are known by then to be compromised [are left out](training.md#what-it-does).",
                learnable.training().trainingDays());
        line(page, "");
        line(
                page,
                "| test week | AUC ROC | average precision | card precision@100 | precision | recall | cost a row |");
        line(page, "|---|---|---|---|---|---|---|");
        for (Week week : rehearsed.weeks()) {
            StringBuilder cells = new StringBuilder();
            MEASURES.forEach(measure -> cells.append(
                    String.format(Locale.ROOT, " %.3f |", week.metrics().get(measure))));
            line(page, "| %s |%s", week.from(), cells);
        }
        StringBuilder means = new StringBuilder();
        MEASURES.forEach(measure -> means.append(" ")
                .append(summary(week -> week.metrics().get(measure)))
                .append(" |"));
        line(page, "| **mean ± standard deviation** |%s", means);
        line(page, "");
        line(
                page,
                "| test week | version | learned as | its average precision on validation weeks | rows scored | judged | positive"
                        + " | most card precision@100 |");
        line(page, "|---|---|---|---|---|---|---|---|");
        for (Week week : rehearsed.weeks()) {
            line(
                    page,
                    "| %s | %s | %s | %.3f | %,d | %,d | %d | %.3f |",
                    week.from(),
                    week.trained().version(),
                    week.trained().kind().replace('_', ' '),
                    week.trained().validated(),
                    week.scored(),
                    week.rows(),
                    week.positives(),
                    week.mostCardPrecision());
        }
        line(page, "");
        line(
                page,
                "The most card precision@100 is that of scores that tell every row: %s on average. Every row of a week was scored by"
                        + " its week's version.",
                summary(Week::mostCardPrecision));
        line(page, "");
        line(
                page,
                "Of the %,d events %,d are rows and %,d are in the topic of the rejected; %,d were lost or doubled. They took %,d s on"
                        + " %d cores, %,d a second, and the trainings %,d s.",
                rehearsed.sent(),
                rehearsed.rows(),
                rehearsed.rejected(),
                rehearsed.missing(),
                rehearsed.feeding().toSeconds(),
                Runtime.getRuntime().availableProcessors(),
                Math.round(rehearsed.sent() / Math.max(1.0, rehearsed.feeding().toSeconds())),
                rehearsed.took().minus(rehearsed.feeding()).toSeconds());
        line(page, "");
        line(page, "```sh");
        line(page, "%s", command);
        line(page, "```");
        return page.toString();
    }

    private String summary(ToDoubleFunction<Week> measure) {
        double[] values = rehearsed.weeks().stream().mapToDouble(measure).toArray();
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double variance = 0;
        for (double value : values) {
            variance += (value - mean) * (value - mean) / values.length;
        }
        return String.format(Locale.ROOT, "%.3f ± %.3f", mean, Math.sqrt(variance));
    }

    private static void line(StringBuilder page, String format, Object... arguments) {
        page.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
