package dev.millrace.training.command;

import ai.onnxruntime.OrtException;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.service.file.UnreadableFileException;
import dev.millrace.training.TrainingException;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.fit.Fit;
import dev.millrace.training.fit.Fitted;
import dev.millrace.training.page.EvaluationPage;
import dev.millrace.training.page.EvaluationPage.Section;
import dev.millrace.training.sample.Learnable;
import dev.millrace.training.sample.SampleFile;
import dev.millrace.training.sample.Samples;
import dev.millrace.training.sample.TransactionFile;
import dev.millrace.training.search.Candidates;
import dev.millrace.training.search.Search;
import dev.millrace.training.search.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tests how good a pipeline's models are on weeks of a file of labelled events, and writes a page of it. */
@Command(
        name = "evaluate",
        description = {
            "Train and test a pipeline's models on several weeks of a file of labelled events, and write a page of it.",
            "Settings are chosen on weeks before the first of them only. Nothing is registered."
        },
        sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline's declaration, a YAML file.")
    private Path declaration;

    @Option(
            names = "--transactions",
            paramLabel = "FILE",
            required = true,
            description = "Events in the order of time, CSV or NDJSON, perhaps gzipped, with a column of labels.")
    private Path transactions;

    @Option(
            names = "--label-column",
            paramLabel = "NAME",
            defaultValue = "TX_FRAUD",
            description = "The column of labels, 1 or 0 (default: ${DEFAULT-VALUE}).")
    private String labelColumn;

    @Option(
            names = "--test-weeks",
            paramLabel = "DAY",
            split = ",",
            required = true,
            description = "The first day of each week to test on.")
    private List<LocalDate> testWeeks;

    @Option(
            names = "--training-days",
            paramLabel = "N",
            split = ",",
            description = "How many days to learn from; with several, each is evaluated (default: as declared).")
    private List<Integer> trainingDays = List.of();

    @Option(
            names = "--compare",
            paramLabel = "FEATURE",
            split = ",",
            description = "Evaluate a model of these features as well.")
    private List<String> compared = List.of();

    @Option(
            names = "--features",
            paramLabel = "FILE",
            description = "Keep the computed features in this file, and take them from it if it is there.")
    private Path kept;

    @Option(names = "--page", paramLabel = "FILE", description = "Write a page of the results, in Markdown.")
    private Path page;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InvalidDeclarationException, UnreadableFileException, OrtException {
        Progress progress = new Progress(spec.commandLine().getOut());
        Learnable learnable = Learnable.in(declaration);
        Samples samples = needed(samples(learnable, progress), learnable);
        List<Integer> lengths =
                trainingDays.isEmpty() ? List.of(learnable.training().trainingDays()) : trainingDays;
        List<Section> sections = new ArrayList<>();
        for (int days : lengths) {
            sections.add(section(learnable, samples, days, learnable.features(), progress));
            if (!compared.isEmpty()) {
                sections.add(section(learnable, samples.with(compared), days, compared, progress));
            }
        }
        String text = new EvaluationPage(declaration, transactions, samples, sections).text();
        if (page != null) {
            Files.writeString(page, text);
            progress.say("written to %s", page);
        } else {
            spec.commandLine().getOut().println(text);
        }
        spec.commandLine().getOut().flush();
        return 0;
    }

    /** The days that nothing is learned from, nor tested on, only cost memory. */
    private Samples needed(Samples all, Learnable learnable) {
        int longest = trainingDays.stream()
                .max(Integer::compare)
                .orElse(learnable.training().trainingDays());
        int first =
                testWeeks.stream().mapToInt(day -> (int) day.toEpochDay()).min().orElseThrow();
        int reach = first
                - longest
                - 2 * learnable.training().delayDays()
                - (Search.WEEKS + 1) * learnable.training().testDays();
        return all.between(Math.max(all.firstDay() + warmUp(all), reach), all.lastDay() + 1);
    }

    private Samples samples(Learnable learnable, Progress progress) throws IOException, UnreadableFileException {
        if (kept != null && Files.exists(kept)) {
            Samples samples = SampleFile.read(kept);
            progress.say("%,d rows with their features are in %s", samples.size(), kept);
            return samples.features().equals(learnable.features()) ? samples : samples.with(learnable.features());
        }
        Samples samples = new TransactionFile(transactions, labelColumn).samples(learnable, count -> {
            if (count % 100_000 == 0) {
                progress.say("%,d events have gone through the pipeline", count);
            }
        });
        if (samples.positives() == 0) {
            throw new TrainingException("no event of " + transactions + " has a positive label in " + labelColumn);
        }
        if (kept != null) {
            SampleFile.write(samples, kept);
        }
        return samples;
    }

    private Section section(Learnable learnable, Samples samples, int days, List<String> features, Progress progress)
            throws OrtException {
        List<Split> tests = testWeeks.stream()
                .sorted()
                .map(day -> Split.testing(
                        (int) day.toEpochDay(),
                        days,
                        learnable.training().delayDays(),
                        learnable.training().testDays()))
                .toList();
        Search search = new Search(Search.WEEKS, seed);
        List<Split> validations = search.validations(tests.get(0), samples.firstDay());
        progress.say(
                "%d features, %d days to learn from, %d validation weeks from %s on",
                features.size(),
                days,
                validations.size(),
                LocalDate.ofEpochDay(validations.get(validations.size() - 1).testFrom()));
        List<Trial> trials = search.run(
                Candidates.of(List.of(), false),
                samples,
                validations,
                trial -> progress.say(
                        "%.4f %s",
                        trial.meanAveragePrecision(), trial.candidate().text()));
        Map<String, List<Fitted>> tested = new LinkedHashMap<>();
        for (Trial best : Search.bestOfEachKind(trials).values()) {
            for (Split test : tests) {
                Fitted fitted = new Fit(
                                learnable.training().alarmCost(),
                                learnable.training().calibrated(),
                                seed)
                        .run(best, test, samples);
                progress.say(
                        "%s %s %s", best.candidate().kind(), LocalDate.ofEpochDay(test.testFrom()), fitted.metrics());
                tested.computeIfAbsent(best.candidate().kind(), kind -> new ArrayList<>())
                        .add(fitted);
            }
        }
        return new Section(days, features, validations, trials, tested);
    }

    /** A third of the days at most: windows fill while nothing is learned. */
    private static int warmUp(Samples samples) {
        return Math.min(30, (samples.lastDay() - samples.firstDay()) / 3);
    }
}
