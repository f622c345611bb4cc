package dev.millrace.rehearsal;

import dev.millrace.local.process.Interrupt;
import dev.millrace.local.process.Life;
import dev.millrace.local.stack.Forget;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackException;
import dev.millrace.local.stack.StackSettings;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.declaration.PipelineDeclaration;
import dev.millrace.pipeline.declaration.SourceDeclaration;
import dev.millrace.service.file.UnreadableFileException;
import dev.millrace.training.TrainingException;
import dev.millrace.training.command.EventOptions;
import dev.millrace.training.command.ShellLine;
import dev.millrace.training.sample.LabelledEvents;
import dev.millrace.training.sample.Learnable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code ./millrace rehearse} runs. */
@Command(
        name = "millrace rehearse",
        description = {
            "Send labelled events through a whole stack as they once came, train a model from its warehouse before each test"
                    + " week, have the stream score the week with it, and write a page of how good its scores were.",
            "The stack is of its own, on free ports, and begins empty."
        },
        sortOptions = false)
public final class RehearseCommand implements Callable<Integer> {
    private static final String STATE = ".millrace/rehearsal";
    private static final int WEEKS = 4;
    private static final int FAILED = 1;
    private static final int MISTAKEN = 2;

    @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline's declaration, a YAML file.")
    private Path declaration;

    @ArgGroup(multiplicity = "1")
    private EventOptions given;

    @Option(
            names = "--test-weeks",
            paramLabel = "DAY",
            split = ",",
            description = "The first day of each week to test on (default: the last four).")
    private List<LocalDate> testWeeks = List.of();

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description =
                    "The models that there are at first (default: the folder models beside the declaration). Without the"
                            + " pipeline's own, spec.model.fallback has to say what stands in.")
    private Path models;

    @Option(names = "--page", paramLabel = "FILE", description = "Write a page of the results, in Markdown.")
    private Path page;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Folder of the stack's data, logs and the trainings' reports (default: " + STATE
                    + " beside ./millrace).")
    private Path state;

    @Option(names = "--quick", description = "Try one candidate of each kind only.")
    private boolean quick;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The seed of simulation and learning (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    /**
     * Runs it and exits with its code: 0 if it came to its end, 1 if something is missing or failed, 2 if the declaration or
     * the arguments have mistakes.
     */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new RehearseCommand());
        return commandLine.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command));
    }

    private static int failed(Exception failure, CommandLine command) throws Exception {
        if (failure instanceof InvalidDeclarationException invalid) {
            invalid.mistakes().forEach(mistake -> command.getErr().println(mistake));
            return MISTAKEN;
        }
        if (failure instanceof NoSuchFileException missing) {
            command.getErr().println("millrace: there is no file " + missing.getFile());
            return FAILED;
        }
        if (failure instanceof RehearsalException
                || failure instanceof TrainingException
                || failure instanceof UnreadableFileException
                || failure instanceof IllegalStateException
                || failure instanceof StackException) {
            command.getErr().println("millrace: " + failure.getMessage());
            return FAILED;
        }
        throw failure;
    }

    @Override
    public Integer call() throws IOException, InvalidDeclarationException, UnreadableFileException {
        PrintStream out = System.out;
        Learnable learnable = Learnable.in(declaration);
        Path modelsAtFirst = models == null ? declaration.toAbsolutePath().resolveSibling("models") : models;
        requireRehearsable(learnable, modelsAtFirst);
        if (page != null && !Files.isDirectory(page.toAbsolutePath().getParent())) {
            throw new RehearsalException("there is no folder for the page " + page);
        }
        LabelledEvents events = given.given(seed);
        out.println("  reading " + events.name());
        Span span = Span.of(events, learnable.pipeline());
        out.printf(
                "  %,d events from %s to %s, %,d of them with a positive label%n",
                span.events(), span.first(), span.last(), span.positives());
        List<LocalDate> weeks = weeks(span, learnable);
        Interrupt interrupt = Interrupt.listen();
        StackSettings settings = settings(modelsAtFirst);
        try (Stack stack = Stack.start(settings, line -> out.println("  " + line))) {
            TrainingRun training = new TrainingRun(
                    stack,
                    settings.pipelines().resolve(declaration.getFileName()),
                    learnable.model().name(),
                    learnable.model().effectiveAlias(),
                    settings.state().resolve("training-reports"),
                    quick,
                    seed,
                    line -> out.println("  " + line));
            Rehearsed rehearsed = new Rehearsal(
                            stack,
                            learnable,
                            events,
                            span,
                            weeks,
                            training,
                            out,
                            Boolean.getBoolean("millrace.terminal"))
                    .run();
            String text = new RehearsalPage(
                            learnable,
                            events.name(),
                            ShellLine.of(
                                    "./millrace rehearse",
                                    spec.commandLine().getParseResult().originalArgs()),
                            rehearsed)
                    .text();
            out.println();
            if (page == null) {
                out.print(text);
            } else {
                Files.writeString(page, text);
                out.println("  written to " + page);
            }
            return rehearsed.missing() == 0 ? 0 : FAILED;
        } catch (RuntimeException e) {
            // What was under way when the wish came fails as it may.
            if (interrupt.isWished()) {
                return FAILED;
            }
            throw e;
        } finally {
            interrupt.done();
        }
    }

    private static void requireRehearsable(Learnable learnable, Path models) {
        PipelineDeclaration.Spec declared = learnable.pipeline().declaration().spec();
        String model = learnable.model().name();
        if (!learnable.model().scores()) {
            throw new RehearsalException("model " + model + " recommends; what is rehearsed are models that score");
        }
        if (declared.event().id().isEmpty()) {
            throw new RehearsalException("labels name an event by its id: declare spec.event.id");
        }
        // Throws if nothing says which.
        learnable.labels();
        if (declared.sources().stream().noneMatch(SourceDeclaration.Http.class::isInstance)) {
            throw new RehearsalException("events are sent over HTTP: declare '- http: {}' among spec.sources");
        }
        if (!Files.isDirectory(models.resolve(model))
                && learnable.model().fallback().isEmpty()) {
            throw new RehearsalException("before the first training nothing scores: there is no folder "
                    + models.resolve(model) + " and no spec.model.fallback; declare 'fallback: { score: 0 }', or name a"
                    + " folder of models with --models");
        }
    }

    private List<LocalDate> weeks(Span span, Learnable learnable) {
        int days = learnable.training().testDays();
        List<LocalDate> weeks = new ArrayList<>(testWeeks);
        for (int week = WEEKS; testWeeks.isEmpty() && week > 0; week--) {
            weeks.add(span.last().plusDays(1).minusDays((long) week * days));
        }
        weeks.sort(null);
        LocalDate earliest = span.first().plusDays(2L * learnable.training().delayDays() + days);
        LocalDate latest = span.last().plusDays(1).minusDays(days);
        for (int i = 0; i < weeks.size(); i++) {
            LocalDate week = weeks.get(i);
            if (week.isBefore(earliest) || week.isAfter(latest)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "test week " + week + " can not be tested: there are events from " + span.first() + " to "
                                + span.last() + ", so that the first day of one is between " + earliest + " and "
                                + latest);
            }
            if (i > 0 && week.isBefore(weeks.get(i - 1).plusDays(days))) {
                throw new ParameterException(
                        spec.commandLine(), "the test weeks from " + weeks.get(i - 1) + " and " + week + " overlap");
            }
        }
        return weeks;
    }

    /** The pipeline alone, whatever else its folder declares. */
    private StackSettings settings(Path modelsAtFirst) throws IOException {
        Path home = Path.of(System.getProperty("millrace.home", "."))
                .toAbsolutePath()
                .normalize();
        Path own = state == null ? home.resolve(STATE) : state;
        Path pipelines = own.resolve("pipelines");
        Files.createDirectories(pipelines);
        try (var former = Files.list(pipelines)) {
            for (Path file : former.toList()) {
                Files.delete(file);
            }
        }
        Files.copy(declaration, pipelines.resolve(declaration.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        return StackSettings.of(home, own)
                .withFreePorts()
                .withFolders(pipelines, modelsAtFirst)
                .forgetting(Forget.STATE_AND_FILES)
                .withLife(Life.LONG);
    }
}
