package dev.millrace.training.register;

import dev.millrace.training.TrainingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a new version has to reach to become champion by itself. */
public final class Gates {
    private static final Pattern GATE = Pattern.compile("\\s*(>=|<=|≥|≤)\\s*(champion|popularity|[0-9.]+)\\s*");

    private final Map<String, String> declared;

    /** Gates by measure: {@code >= champion}, {@code <= 0.5}. */
    public Gates(Map<String, String> declared) {
        this.declared = declared;
    }

    /**
     * How a version fared.
     *
     * @param open whether it may become champion: there are gates, and it passed each
     * @param findings a line a gate
     */
    public record Verdict(boolean open, List<String> findings) {}

    /**
     * Compares.
     *
     * @param metrics of the new version
     * @param champion those of the version in use, on the same rows where that is possible; empty if there is none, which
     *     any version is better than
     */
    public Verdict judge(Map<String, Double> metrics, Optional<Map<String, Double>> champion) {
        return judge(metrics, champion, Map.of());
    }

    /**
     * Compares, perhaps with what recommends the same to everybody as well.
     *
     * @param popularity its measures
     */
    public Verdict judge(
            Map<String, Double> metrics, Optional<Map<String, Double>> champion, Map<String, Double> popularity) {
        List<String> findings = new ArrayList<>();
        boolean open = !declared.isEmpty();
        for (Map.Entry<String, String> gate : declared.entrySet()) {
            Matcher matcher = GATE.matcher(gate.getValue());
            Double reached = metrics.get(gate.getKey());
            if (!matcher.matches() || reached == null) {
                throw new TrainingException("no gate can be made of " + gate);
            }
            boolean atLeast = matcher.group(1).equals(">=") || matcher.group(1).equals("≥");
            Optional<Double> bound = switch (matcher.group(2)) {
                case "champion" -> champion.map(measures -> measures.get(gate.getKey()));
                case "popularity" -> Optional.ofNullable(popularity.get(gate.getKey()));
                default -> Optional.of(Double.valueOf(matcher.group(2)));
            };
            boolean passed = bound.map(value -> atLeast ? reached >= value : reached <= value)
                    .orElse(true);
            open &= passed;
            findings.add(String.format(
                    Locale.ROOT,
                    "%s %.4f, wanted %s%s: %s",
                    gate.getKey(),
                    reached,
                    gate.getValue().strip(),
                    bound.map(value -> String.format(Locale.ROOT, " (%.4f)", value))
                            .orElse(" (there is none)"),
                    passed ? "passed" : "not passed"));
        }
        return new Verdict(open, findings);
    }
}
