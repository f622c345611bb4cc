package dev.millrace.training.command;

import ai.onnxruntime.OrtException;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.service.file.UnreadableFileException;
import dev.millrace.training.TrainingException;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.fit.Fit;
import dev.millrace.training.page.EvaluationPage;
import dev.millrace.training.page.EvaluationPage.Section;
import dev.millrace.training.page.EvaluationPage.Tested;
import dev.millrace.training.page.EvaluationPage.Tried;
import dev.millrace.training.sample.LabelledEvents;
import dev.millrace.training.sample.Learnable;
import dev.millrace.training.sample.SampleFile;
import dev.millrace.training.sample.Samples;
import dev.millrace.training.search.Candidates;
import dev.millrace.training.search.Search;
import dev.millrace.training.search.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tests how good a pipeline's models are on weeks of labelled events, and writes a page of it. */
@Command(
        name = "evaluate",
        description = {
            "Train and test a pipeline's models on several weeks of labelled events, and write a page of it.",
            "Settings are chosen on weeks before the first of them only. Nothing is registered."
        },
        sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {
    /** What a shell takes as it is. */
    @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline's declaration, a YAML file.")
    private Path declaration;

    @ArgGroup(multiplicity = "1", heading = "One of:%n")
    private EventOptions events;

    @Option(
            names = "--test-weeks",
            paramLabel = "DAY",
            split = ",",
            description = "The first day of each week to test on, as many days as declared"
                    + " (default: the last four whole weeks of the events).")
    private List<LocalDate> testWeeks = List.of();

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

    @Option(names = "--quick", description = "Try one candidate of each kind only.")
    private boolean quick;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The seed of what is simulated and of learning (default: ${DEFAULT-VALUE}).")
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
        LabelledEvents given = events.given(seed);
        if (!learnable.features().containsAll(compared)) {
            throw new TrainingException("--compare names features that are none of the pipeline's: "
                    + compared.stream()
                            .filter(name -> !learnable.features().contains(name))
                            .toList());
        }
        if (page != null && !Files.isDirectory(page.toAbsolutePath().getParent())) {
            throw new TrainingException("there is no folder for the page " + page);
        }
        progress.say("the events: %s", given.origin());
        List<Integer> lengths =
                trainingDays.isEmpty() ? List.of(learnable.training().trainingDays()) : trainingDays;
        Samples samples = samples(learnable, given, progress);
        TestWeeks weeks = TestWeeks.of(testWeeks, learnable.training(), samples);
        // Nothing else holds the samples of all days.
        samples = weeks.needed(samples, Collections.max(lengths));
        List<TestWeeks.Plan> plans = new ArrayList<>();
        for (int days : lengths) {
            plans.add(weeks.plan(days, samples));
        }
        List<Section> sections = new ArrayList<>();
        for (TestWeeks.Plan plan : plans) {
            sections.add(section(learnable, samples, plan, progress));
            if (!compared.isEmpty()) {
                sections.add(section(learnable, samples.with(compared), plan, progress));
            }
        }
        String text = new EvaluationPage(
                        learnable.pipeline().name(),
                        given,
                        samples,
                        sections,
                        ShellLine.of(
                                "./millrace",
                                spec.root().commandLine().getParseResult().originalArgs()))
                .text();
        if (page != null) {
            Files.writeString(page, text);
            progress.say("written to %s", page);
        } else {
            spec.commandLine().getOut().println(text);
        }
        spec.commandLine().getOut().flush();
        return 0;
    }

    private Samples samples(Learnable learnable, LabelledEvents given, Progress progress)
            throws IOException, UnreadableFileException {
        if (kept != null && Files.exists(kept)) {
            Samples samples = SampleFile.read(kept, given.origin());
            progress.say("%,d rows with their features are in %s", samples.size(), kept);
            return samples.features().equals(learnable.features()) ? samples : samples.with(learnable.features());
        }
        Samples samples = given.samples(learnable, count -> {
            if (count % 100_000 == 0) {
                progress.say("%,d events have gone through the pipeline", count);
            }
        });
        if (samples.positives() == 0) {
            throw new TrainingException("no event has a positive label; the events: " + given.origin());
        }
        if (kept != null) {
            SampleFile.write(samples, given.origin(), kept);
        }
        return samples;
    }

    private Section section(Learnable learnable, Samples samples, TestWeeks.Plan plan, Progress progress)
            throws OrtException {
        List<Split> validations = plan.validations();
        progress.say(
                "%d features, %d days to learn from, %d validation weeks from %s on",
                samples.features().size(),
                plan.trainingDays(),
                validations.size(),
                LocalDate.ofEpochDay(validations.get(validations.size() - 1).testFrom()));
        List<Trial> trials = new Search(Search.WEEKS, seed)
                .run(
                        Candidates.of(List.of(), quick),
                        samples,
                        validations,
                        trial -> progress.say(
                                "%.4f %s",
                                trial.meanAveragePrecision(), trial.candidate().text()));
        Fit fit = new Fit(learnable.training().alarmCost(), learnable.training().calibrated(), seed);
        Map<String, List<Tested>> tested = new LinkedHashMap<>();
        for (Trial best : Search.bestOfEachKind(trials).values()) {
            String kind = best.candidate().kind();
            for (Split test : plan.tests()) {
                Tested model = Tested.of(fit.run(best, test, samples));
                progress.say("%s %s %s", kind, LocalDate.ofEpochDay(test.testFrom()), model.metrics());
                tested.computeIfAbsent(kind, unknown -> new ArrayList<>()).add(model);
            }
        }
        return new Section(
                plan.trainingDays(),
                samples.features(),
                validations,
                trials.stream().map(Tried::of).toList(),
                tested);
    }
}
