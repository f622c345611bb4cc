package dev.millrace.transform.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** What {@code ./millrace try} says of an example's sample, by the line of the file. */
record ExampleRun(Map<Integer, JsonNode> trials, JsonNode summary) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EXAMPLES = Path.of("../examples");

    static Path file(String example, String name) {
        return EXAMPLES.resolve(example).resolve(name);
    }

    static ExampleRun of(String example, String sample) throws IOException {
        StringWriter out = new StringWriter();
        CommandLine commandLine = AuthorCommands.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        int code = commandLine.execute(
                "try",
                file(example, "pipeline.yaml").toString(),
                file(example, sample).toString(),
                "--json");
        if (code != 0) {
            throw new AssertionError("./millrace try ended with " + code);
        }
        Map<Integer, JsonNode> trials = new HashMap<>();
        JsonNode summary = null;
        for (String line : out.toString().lines().toList()) {
            JsonNode json = JSON.readTree(line);
            if (json.has("summary")) {
                summary = json.get("summary");
            } else {
                trials.put(Integer.parseInt(json.get("where").asText().substring("line ".length())), json);
            }
        }
        return new ExampleRun(trials, summary);
    }

    /** The line's event as the clean topic has it. */
    JsonNode clean(int line) {
        return trials.get(line).path("clean");
    }

    /** What became of the line, in a word or two: {@code clean}, a reason, or why it was left out. */
    String outcome(int line) {
        JsonNode trial = trials.get(line);
        return switch (trial.get("outcome").asText()) {
            case "rejected" -> trial.get("reason").asText();
            case "left-out" -> trial.get("why").asText();
            default -> "clean";
        };
    }

    /** How many lines came to each outcome. */
    Map<String, Long> outcomes() {
        List<Integer> lines = List.copyOf(trials.keySet());
        return lines.stream().collect(Collectors.groupingBy(this::outcome, Collectors.counting()));
    }
}
