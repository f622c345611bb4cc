package dev.millrace.training.command;

import dev.millrace.training.TrainingException;
import dev.millrace.training.recommend.evaluate.Exam;
import dev.millrace.training.recommend.evaluate.Exam.Protocol;
import dev.millrace.training.recommend.evaluate.Examiner;
import dev.millrace.training.recommend.evaluate.Measures;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.history.RatingsFile;
import dev.millrace.training.recommend.learn.Ease;
import dev.millrace.training.recommend.learn.Recommender;
import dev.millrace.training.recommend.onnx.Export;
import dev.millrace.training.recommend.search.Algorithm;
import dev.millrace.training.recommend.search.Tuning;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tests how well recommendations foresee what users chose, by published protocols. */
@Command(
        name = RecommendCommand.NAME,
        description = {
            "Learn recommendations from a file of ratings, and test how well they foresee what users chose next.",
            "Settings are chosen within what may be learned from only. Nothing is registered."
        },
        sortOptions = false)
final class RecommendCommand implements Callable<Integer> {
    /** Two words on the command line. */
    static final String NAME = "evaluate recommend";

    private static final double LEARNED_SHARE = 0.9;

    @Option(
            names = "--ratings",
            paramLabel = "FILE",
            required = true,
            description = "MovieLens' ratings.dat (user::item::rating::timestamp) or ratings.csv, perhaps gzipped.")
    private Path ratings;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            required = true,
            description = "leave-one-out: each user's last item is foreseen. time-split: all from a point in time on.")
    private String protocol;

    @Option(
            names = "--algorithms",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Of popularity, ease, als and next (default: all of them). With two or more of the last three,"
                            + " their blend is tested as well.")
    private List<String> algorithms = List.of();

    @Option(
            names = "--test-from",
            paramLabel = "DAY",
            description =
                    "For time-split: the first day that is foreseen, in UTC (default: the last tenth of the ratings).")
    private LocalDate testFrom;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--export",
            paramLabel = "FOLDER",
            description =
                    "Learn EASE from all ratings with the settings found, and write it as model.onnx with items.json.")
    private Path export;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Progress progress = new Progress(out);
        Protocol how = named(Protocol.values(), "protocol", protocol);
        Set<Algorithm> asked = EnumSet.noneOf(Algorithm.class);
        for (String name : algorithms) {
            asked.add(named(Algorithm.values(), "algorithm", name));
        }
        if (testFrom != null && how != Protocol.TIME_SPLIT) {
            throw new TrainingException("--test-from is for --protocol time-split");
        }
        Histories histories = new RatingsFile(ratings).read(count -> progress.say("%,d ratings have been read", count));
        progress.say("%,d ratings of %,d items by %,d users", histories.size(), histories.items(), histories.users());
        Exam exam = exam(how, histories);
        progress.say(
                "%,d to learn from, %,d users to ask about%s",
                exam.known().size(), exam.questions().size(), exam.left().isEmpty() ? "" : "; " + exam.left());
        Map<String, Recommender> recommenders = new Tuning(exam, seed, line -> progress.say("%s", line))
                .run(asked.isEmpty() ? EnumSet.allOf(Algorithm.class) : asked);
        Examiner examiner = new Examiner(exam, seed);
        Map<String, Measures> measures = new LinkedHashMap<>();
        recommenders.forEach((name, recommender) -> {
            measures.put(name, examiner.examine(recommender));
            progress.say("%s: %s", name, measures.get(name).text());
        });
        out.println();
        table(examiner, measures).forEach(out::println);
        if (export != null) {
            if (!(recommenders.get(Algorithm.EASE.text()) instanceof Ease found)) {
                throw new TrainingException("--export needs ease among the --algorithms");
            }
            Ease ease = Ease.learn(Ease.gram(histories), found.regularization()).with(found.fading());
            new Export(ease, histories).write(export);
            progress.say("%s is in %s", ease.text(), export);
        }
        out.flush();
        return 0;
    }

    private Exam exam(Protocol how, Histories histories) {
        if (how == Protocol.LEAVE_ONE_OUT) {
            return Exam.leaveOneOut(histories);
        }
        return testFrom == null
                ? Exam.timeSplit(histories, LEARNED_SHARE)
                : Exam.timeSplit(
                        histories, testFrom.atStartOfDay(ZoneOffset.UTC).toEpochSecond());
    }

    private static List<String> table(Examiner examiner, Map<String, Measures> measures) {
        List<String> lines = new ArrayList<>();
        String sampled = examiner.sampled() ? " HR@10 | NDCG@10 |" : "";
        lines.add("| algorithm |" + sampled + " Recall@20 | NDCG@100 | coverage | novelty |");
        lines.add("|---|" + (examiner.sampled() ? "---|---|" : "") + "---|---|---|---|");
        measures.forEach((name, one) -> {
            String first = examiner.sampled()
                    ? String.format(Locale.ROOT, " %.4f | %.4f |", one.hitRate10(), one.ndcg10())
                    : "";
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s |%s %.4f | %.4f | %.3f | %.2f |",
                    name,
                    first,
                    one.recall20(),
                    one.ndcg100(),
                    one.coverage(),
                    one.novelty()));
        });
        return lines;
    }

    private static <E extends Enum<E>> E named(E[] values, String what, String name) {
        return Arrays.stream(values)
                .filter(value ->
                        value.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(name))
                .findFirst()
                .orElseThrow(() -> new TrainingException("there is no " + what + " '" + name + "'; there are "
                        + Arrays.stream(values)
                                .map(value ->
                                        value.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                                .collect(Collectors.joining(", "))));
    }
}
