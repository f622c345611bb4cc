package dev.millrace.training.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.pipeline.declaration.RecentHistory;
import dev.millrace.training.TrainingException;
import dev.millrace.training.page.RecommendReport;
import dev.millrace.training.recommend.evaluate.Exam;
import dev.millrace.training.recommend.evaluate.Examiner;
import dev.millrace.training.recommend.evaluate.ListSample;
import dev.millrace.training.recommend.evaluate.Measures;
import dev.millrace.training.recommend.history.Choices;
import dev.millrace.training.recommend.history.WarehouseChoices;
import dev.millrace.training.recommend.learn.Popularity;
import dev.millrace.training.recommend.search.Served;
import dev.millrace.training.recommend.search.Tuning;
import dev.millrace.training.register.Gates;
import dev.millrace.training.register.Reference;
import dev.millrace.training.register.Registry;
import dev.millrace.training.register.Version;
import dev.millrace.training.sample.Learnable;
import dev.millrace.training.sample.WarehouseFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Trains a model that recommends: settings are chosen and tested on the last days, and what is registered was learned with
 * them from all days, so that it knows the newest items.
 *
 * @param learnable the pipeline
 * @param facts its warehouse
 * @param registry where versions are registered
 * @param quick whether few candidates are tried
 * @param seed of what is drawn
 * @param createdAt what is written down as the time of the training
 */
record RecommenderTraining(
        Learnable learnable, WarehouseFacts facts, Registry registry, boolean quick, long seed, Instant createdAt) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long DAY = 86_400;
    private static final double LEARNED_SHARE = 0.9;

    /** Trains, registers, and writes a report. */
    void run(Path report, Progress progress) throws IOException {
        String model = learnable.model().name();
        Choices choices = read(progress);
        long testFrom = testFrom(choices, progress);
        Exam exam = Exam.timeSplit(choices.histories(), testFrom);
        progress.say(
                "%,d to learn settings from, %,d users to ask about what they chose from %s on%s",
                exam.known().size(),
                exam.questions().size(),
                WarehouseChoices.day(testFrom),
                exam.left().isEmpty() ? "" : "; " + exam.left());
        List<String> trials = new ArrayList<>();
        Served chosen = new Tuning(exam, seed, line -> {
                    trials.add(line);
                    progress.say("%s", line);
                })
                .served(quick);
        Examiner examiner = new Examiner(exam, seed);
        Measures measures = examiner.examine(chosen.recommender());
        Measures floor = examiner.examine(Popularity.of(exam.known()));
        Map<String, Map<String, Double>> tested = new LinkedHashMap<>();
        tested.put("popularity", floor.named());
        tested.put(chosen.recommender().text(), measures.named());
        tested.forEach((name, values) -> progress.say("tested  %s: %s", name, text(values)));

        List<String> decision = new ArrayList<>();
        Optional<Rival> rival =
                registry.find(model, Registry.CHAMPION).map(present -> rival(present, exam, examiner, decision));
        rival.ifPresent(one -> tested.put("champion", one.measures()));
        Gates gates = new Gates(learnable.training().gates());
        Map<String, Double> reached = measures.named();
        Gates.Verdict verdict = gates.judge(reached, rival.map(Rival::measures), floor.named());
        decision.addAll(verdict.findings());
        Optional<Served> kept = rival.flatMap(Rival::settings);
        if (!verdict.open() && kept.isPresent()) {
            // Otherwise what is new would wait for better settings, which may never come.
            Gates.Verdict asBefore = gates.judge(rival.get().measures(), rival.map(Rival::measures), floor.named());
            if (asBefore.open()) {
                chosen = kept.get();
                decision.add("so the champion's settings are kept: "
                        + chosen.recommender().text());
                reached = rival.get().measures();
                verdict = asBefore;
            }
        }

        Served learned = chosen.again(choices.histories(), seed);
        byte[] onnx = learned.write(choices);
        ObjectNode description = description(chosen, choices, exam, reached, testFrom);
        description.set("reference", reference(learned, choices));
        Version version = Version.of(model, onnx, description);
        String trainedOn = version.description().path("trainedOn").asText();
        String name = registry.register(version, Registry.CHALLENGER, "trained on " + trainedOn);
        decision.add(
                0,
                "version " + name + " of " + model + ", " + chosen.recommender().text() + ", is registered in "
                        + registry.place() + " as challenger");
        if (verdict.open()) {
            String why = "passed its gates: " + String.join("; ", verdict.findings());
            registry.promote(model, name, Registry.CHAMPION, why);
            decision.add("it passed its gates and is champion");
        } else {
            decision.add(
                    learnable.training().gates().isEmpty()
                            ? "no gates are declared: it stays challenger until somebody promotes it"
                            : "it stays challenger");
        }
        new RecommendReport(model + " version " + name, trainedOn, tested, trials, decision).write(report);
        decision.forEach(line -> progress.say("%s", line));
        progress.say("the report is %s", report.resolve("report.html"));
    }

    /** What lists are like now, so that drift from it can be seen. */
    private ObjectNode reference(Served learned, Choices choices) {
        int most = RecentHistory.of(
                        learnable.pipeline().declaration().spec(),
                        learnable.model().recommend().orElseThrow().history())
                .orElseThrow()
                .most();
        ListSample sample = ListSample.of(learned.recommender(), choices, most, seed);
        return Reference.of(sample.features(), sample.scores());
    }

    /** The first of the last days; where no user came both before and then, what tells the last tenth of all choices. */
    private long testFrom(Choices choices, Progress progress) {
        int days = learnable.training().testDays();
        long lastDays = (choices.last() / DAY + 1 - days) * DAY;
        if (Exam.canAsk(choices.histories(), lastDays)) {
            return lastDays;
        }
        progress.say(
                "no user who is known by then chose anything in the last %d days: settings are tested on the last tenth of all"
                        + " choices",
                days);
        return choices.histories().timeOfShare(LEARNED_SHARE);
    }

    private Choices read(Progress progress) {
        Choices choices = new WarehouseChoices(
                        facts,
                        learnable.pipeline(),
                        learnable.model().recommend().orElseThrow())
                .read(learnable.training().historyDays(), count -> {
                    if (count % 100_000 == 0) {
                        progress.say("%,d facts are read", count);
                    }
                });
        progress.say(
                "%,d choices of %,d items by %,d users, of %,d facts",
                choices.histories().size(),
                choices.histories().items(),
                choices.histories().users(),
                choices.events());
        return choices;
    }

    /** The champion's settings, learned from the same days: its own file may know the days that are tested. */
    private Rival rival(Registry.Present champion, Exam exam, Examiner examiner, List<String> decision) {
        Optional<Served> again = Served.of(champion.description().path("parameters"), exam.known(), seed);
        decision.add("champion is version " + champion.version() + ", "
                + (again.isPresent()
                        ? "whose settings are tested on the same days"
                        : "compared by the measures that it was registered with, which are of other days"));
        if (again.isPresent()) {
            return new Rival(examiner.examine(again.get().recommender()).named(), again);
        }
        Map<String, Double> registered = new LinkedHashMap<>();
        champion.description()
                .path("metrics")
                .properties()
                .forEach(metric ->
                        registered.put(metric.getKey(), metric.getValue().asDouble()));
        return new Rival(registered, Optional.empty());
    }

    /** The champion's measures, and its settings, learned from the same days, where they are known. */
    private record Rival(Map<String, Double> measures, Optional<Served> settings) {}

    private ObjectNode description(
            Served chosen, Choices choices, Exam exam, Map<String, Double> measures, long testFrom) {
        ObjectNode description = JSON.createObjectNode().put("kind", "recommender");
        String from = WarehouseChoices.day(choices.first());
        String to = WarehouseChoices.day(choices.last());
        description.put(
                "trainedOn",
                String.format(
                        Locale.ROOT,
                        "%,d choices of %,d items by %,d users in the warehouse from %s to %s; its settings were tested on"
                                + " %,d users from %s on",
                        choices.histories().size(),
                        choices.histories().items(),
                        choices.histories().users(),
                        from,
                        to,
                        exam.questions().size(),
                        WarehouseChoices.day(testFrom)));
        description
                .putObject("training")
                .put("kind", chosen.kind())
                .put("from", from)
                .put("to", to)
                .put("testedFrom", WarehouseChoices.day(testFrom))
                .put("items", choices.histories().items())
                .put("users", choices.histories().users());
        ObjectNode parameters = description.putObject("parameters");
        chosen.parameters().forEach(parameters::put);
        ObjectNode metrics = description.putObject("metrics");
        measures.forEach(metrics::put);
        return description.put("createdAt", createdAt.toString());
    }

    private static String text(Map<String, Double> values) {
        StringBuilder text = new StringBuilder();
        values.forEach((name, value) ->
                text.append(text.isEmpty() ? "" : ", ").append(String.format(Locale.ROOT, "%s %.4f", name, value)));
        return text.toString();
    }

    /** @throws TrainingException if facts do not come from the warehouse */
    static void requireWarehouse(boolean elsewhere) {
        if (elsewhere) {
            throw new TrainingException("a model that recommends is trained on the last days of its warehouse:"
                    + " --simulate, --transactions, --test-from and --latest are for models that score");
        }
    }
}
