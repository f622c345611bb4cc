package dev.millrace.training.command;

import ai.onnxruntime.OrtException;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.service.file.UnreadableFileException;
import dev.millrace.training.evaluate.Split;
import dev.millrace.training.fit.Course;
import dev.millrace.training.fit.Fitted;
import dev.millrace.training.fit.Rival;
import dev.millrace.training.page.Report;
import dev.millrace.training.register.FolderRegistry;
import dev.millrace.training.register.Gates;
import dev.millrace.training.register.HttpRegistry;
import dev.millrace.training.register.Registry;
import dev.millrace.training.register.Version;
import dev.millrace.training.sample.LabelledEvents;
import dev.millrace.training.sample.Learnable;
import dev.millrace.training.sample.Samples;
import dev.millrace.training.sample.WarehouseFacts;
import dev.millrace.training.search.Candidates;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains a version of a pipeline's model and registers it. */
@Command(
        name = "train",
        description = {
            "Train a version of a pipeline's model on the labelled facts in its warehouse, test it, report, register it.",
            "It becomes challenger, and champion where the gates of spec.model.training hold."
        },
        sortOptions = false)
final class TrainCommand implements Callable<Integer> {
    private static final String LOCAL_WAREHOUSE = "jdbc:postgresql://localhost:15432/millrace";

    @Parameters(
            index = "0",
            paramLabel = "PIPELINE",
            description =
                    "The pipeline's declaration, a YAML file; or its name, of those in the folder MILLRACE_PIPELINES_DIR;"
                            + " or kubernetes:NAME for a resource of the namespace.")
    private String declaration;

    @Option(
            names = "--warehouse",
            paramLabel = "URL",
            description = "The warehouse (default: QUARKUS_DATASOURCE_JDBC_URL, as for load-service; else that of"
                    + " ./millrace up).")
    private String warehouse;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "Its user (default: QUARKUS_DATASOURCE_USERNAME, else postgres). The password is in"
                    + " QUARKUS_DATASOURCE_PASSWORD, else that of ./millrace up.")
    private String user;

    @Option(
            names = "--schema",
            paramLabel = "NAME",
            defaultValue = "public",
            description = "The schema of its tables (default: ${DEFAULT-VALUE}).")
    private String schema;

    @ArgGroup(multiplicity = "0..1", heading = "Instead of the warehouse, either of:%n")
    private EventOptions events;

    @Option(
            names = "--test-from",
            paramLabel = "DAY",
            description = "The first day to test on (default: the last days whose labels are known).")
    private LocalDate testFrom;

    @Option(
            names = "--latest",
            description =
                    "Learn from the latest days whose labels are known and keep none to test on: what is said of the"
                            + " model are its validation weeks, and it stays challenger until somebody promotes it.")
    private boolean latest;

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description =
                    "The model-service to register with; MILLRACE_REGISTRY_TOKEN holds its token, if it wants one.")
    private URI registryUrl;

    @Option(names = "--models", paramLabel = "DIR", description = "Instead of a registry: a folder of models.")
    private Path models;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            defaultValue = "training-report",
            description = "Where report.html and report.json are written (default: ${DEFAULT-VALUE}).")
    private Path report;

    @Option(names = "--quick", description = "Try one candidate of each kind only.")
    private boolean quick;

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
        if (latest && testFrom != null) {
            throw new ParameterException(spec.commandLine(), "--latest tests nothing, so that it has no --test-from");
        }
        Progress progress = new Progress(spec.commandLine().getOut());
        Learnable learnable = Learnable.named(declaration);
        Registry registry = models != null
                ? new FolderRegistry(models)
                : new HttpRegistry(
                        registryUrl == null ? URI.create("http://localhost:8083") : registryUrl,
                        Optional.ofNullable(System.getenv("MILLRACE_REGISTRY_TOKEN")));
        if (!learnable.model().scores()) {
            RecommenderTraining.requireWarehouse(events != null || testFrom != null || latest);
            new RecommenderTraining(learnable, facts(), registry, quick, seed, createdAt()).run(report, progress);
            return 0;
        }
        Source source = source(learnable, progress);
        Course course = new Course(
                source.split(),
                !latest,
                Candidates.of(learnable.training().kinds(), quick),
                learnable.training().alarmCost(),
                learnable.training().calibrated(),
                seed);
        progress.say(
                "%,d rows, %,d positive, %d features",
                source.samples().size(),
                source.samples().positives(),
                source.samples().features().size());
        Course.Outcome outcome = course.run(source.samples(), line -> progress.say("%s", line));
        Fitted chosen = outcome.chosen();
        Version version = Version.of(chosen, learnable, source.name(), createdAt());
        List<String> decision = new ArrayList<>();
        Optional<Gates.Verdict> verdict =
                latest ? Optional.empty() : Optional.of(judged(chosen, source, learnable, registry, decision));
        verdict.ifPresent(judged -> decision.addAll(judged.findings()));
        String why = "trained on " + version.description().path("trainedOn").asText();
        String name = registry.register(version, Registry.CHALLENGER, why);
        decision.add(
                0,
                "version " + name + " of " + version.model() + ", " + chosen.text() + ", is registered in "
                        + registry.place() + " as challenger");
        if (verdict.isPresent() && verdict.get().open()) {
            registry.promote(
                    version.model(),
                    name,
                    Registry.CHAMPION,
                    "passed its gates: " + String.join("; ", verdict.get().findings()));
            decision.add("it passed its gates and is champion");
        } else {
            decision.add(whyNot(learnable));
        }
        new Report(
                        version.model() + " version " + name,
                        version.description().path("trainedOn").asText(),
                        chosen,
                        outcome.models(),
                        outcome.trials(),
                        decision)
                .write(report);
        decision.forEach(line -> progress.say("%s", line));
        progress.say("the report is %s", report.resolve("report.html"));
        return 0;
    }

    private static Gates.Verdict judged(
            Fitted chosen, Source source, Learnable learnable, Registry registry, List<String> decision)
            throws IOException, OrtException {
        Optional<Registry.Present> champion = registry.find(learnable.model().name(), Registry.CHAMPION);
        return new Gates(learnable.training().gates())
                .judge(
                        chosen.metrics(),
                        champion.isEmpty()
                                ? Optional.empty()
                                : Optional.of(rival(champion.get(), source, learnable, decision)));
    }

    private String whyNot(Learnable learnable) {
        if (latest) {
            return "nothing tested it: it stays challenger until somebody promotes it";
        }
        return learnable.training().gates().isEmpty()
                ? "no gates are declared: it stays challenger until somebody promotes it"
                : "it stays challenger";
    }

    private static Map<String, Double> rival(
            Registry.Present champion, Source source, Learnable learnable, List<String> decision) throws OrtException {
        Rival rival = new Rival(champion.description(), champion.onnx());
        Optional<Map<String, Double>> tested = rival.tested(
                source.split(), source.samples(), learnable.training().alarmCost());
        decision.add("champion is version " + champion.version() + ", "
                + (tested.isPresent()
                        ? "tested on the same days"
                        : "compared by the measures that it was registered with, which are of other days"));
        return tested.orElseGet(rival::registered);
    }

    private record Source(String name, Samples samples, Split split) {}

    private Source source(Learnable learnable, Progress progress) throws IOException, UnreadableFileException {
        if (events != null) {
            LabelledEvents given = events.given(seed);
            progress.say("the events: %s", given.origin());
            Samples samples = given.samples(
                    learnable, count -> sayAll(progress, count, "%,d events have gone through the pipeline"));
            return new Source(given.name(), samples, split(learnable, samples.lastDay() + 1));
        }
        WarehouseFacts facts = facts();
        int known = facts.lastDay(learnable) + 1 - learnable.training().delayDays();
        Split split = split(learnable, known);
        int reach = split.trainFrom()
                - (learnable.training().delayDays() + 5 * learnable.training().testDays());
        int end = latest ? split.trainTo() : split.testFrom() + split.testDays();
        progress.say("reading facts from %s to %s", LocalDate.ofEpochDay(reach), LocalDate.ofEpochDay(end - 1L));
        Samples samples = facts.read(learnable, reach, end, count -> sayAll(progress, count, "%,d facts are read"));
        return new Source("the warehouse", samples, split);
    }

    private static void sayAll(Progress progress, long count, String format) {
        if (count % 100_000 == 0) {
            progress.say(format, count);
        }
    }

    private Split split(Learnable learnable, int end) {
        int first = testFrom == null
                ? end
                        + (latest
                                ? learnable.training().delayDays()
                                : -learnable.training().testDays())
                : (int) testFrom.toEpochDay();
        return Split.testing(
                first,
                learnable.training().trainingDays(),
                learnable.training().delayDays(),
                learnable.training().testDays());
    }

    private WarehouseFacts facts() throws IOException {
        String password = System.getenv("QUARKUS_DATASOURCE_PASSWORD");
        Path local = Path.of(System.getProperty("millrace.home", "."), ".millrace", "postgres", "password");
        if (password == null && Files.exists(local)) {
            password = Files.readString(local).strip();
        }
        return new WarehouseFacts(
                first(warehouse, System.getenv("QUARKUS_DATASOURCE_JDBC_URL"), LOCAL_WAREHOUSE),
                first(user, System.getenv("QUARKUS_DATASOURCE_USERNAME"), "postgres"),
                password == null ? "" : password,
                schema);
    }

    private static String first(String... values) {
        for (String value : values) {
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    /** See reproducible-builds.org/specs/source-date-epoch. */
    private static Instant createdAt() {
        return Optional.ofNullable(System.getenv("SOURCE_DATE_EPOCH"))
                .map(seconds -> Instant.ofEpochSecond(Long.parseLong(seconds)))
                .orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }
}
