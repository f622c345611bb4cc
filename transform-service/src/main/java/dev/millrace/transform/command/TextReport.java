package dev.millrace.transform.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.pipeline.declaration.StepDeclaration;
import java.io.PrintWriter;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Tells it to people: a paragraph for each record, a table in the end. */
final class TextReport implements Report {
    private static final Pattern PLAIN = Pattern.compile("[^\\s\",=\\[\\]{}]+");
    private static final int LONGEST = 300;

    private final Declared declared;
    private final PrintWriter out;
    private final int width;

    TextReport(Declared declared, PrintWriter out) {
        this.declared = declared;
        this.out = out;
        int widest = "event".length();
        for (int place = 0; place < declared.steps().size(); place++) {
            widest = Math.max(widest, declared.name(place).length());
        }
        this.width = widest;
    }

    @Override
    public void tell(Trial trial) {
        String id = trial.id().isEmpty() ? "" : "  " + trial.id();
        if (trial.ending() instanceof Trial.Clean) {
            out.println(trial.where() + id + "  clean");
            way(trial);
        } else if (trial.ending() instanceof Trial.Rejected rejected) {
            out.println(trial.where() + id + "  rejected by " + rejected.stage().label() + ": " + rejected.reason());
            way(trial);
            out.println("  " + rejected.message());
            if (trial.rows().isEmpty()) {
                out.println("  " + shortened(rejected.original()));
            }
        } else if (trial.ending() instanceof Trial.LeftOut leftOut) {
            int last = trial.rows().size() - 1;
            out.println(trial.where() + id + "  left out: " + leftOut.why());
            way(trial);
            line(declared.name(last), why(declared.steps().get(last)));
        }
        out.println();
    }

    private void way(Trial trial) {
        if (!trial.rows().isEmpty()) {
            line("event", fields(StepEffect.values(trial.rows().get(0))));
        }
        for (StepEffect effect : StepEffect.of(declared, trial.rows())) {
            line(effect.step(), text(effect));
        }
    }

    private static String text(StepEffect effect) {
        if (effect.set().isEmpty() && effect.dropped().isEmpty()) {
            return "goes on";
        }
        String without = effect.dropped().isEmpty() ? "" : "without " + String.join(", ", effect.dropped());
        return (fields(effect.set()) + "  " + without).strip();
    }

    private static String why(StepDeclaration step) {
        if (step instanceof StepDeclaration.Filter filter) {
            return "not true: " + filter.condition();
        }
        StepDeclaration.Deduplicate deduplicate = (StepDeclaration.Deduplicate) step;
        String same = deduplicate.by().isEmpty() ? "id" : String.join(", ", deduplicate.by());
        return "the same " + same + " came before, within " + deduplicate.within();
    }

    private void line(String name, String text) {
        out.println("  " + name + " ".repeat(width - name.length()) + "  " + text);
    }

    private static String fields(Map<String, JsonNode> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + text(field.getValue()))
                .collect(Collectors.joining("  "));
    }

    private static String text(JsonNode value) {
        boolean plain = value.isTextual() && PLAIN.matcher(value.textValue()).matches();
        if (value.isBigDecimal()) {
            return value.decimalValue().toPlainString();
        }
        return shortened(plain ? value.textValue() : value.toString());
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    @Override
    public void sumUp(Tally tally) {
        count(0, "events in", tally.in());
        count(1, "clean", tally.clean());
        counts("flagged ", tally.flagged());
        count(1, "rejected", Tally.sum(tally.rejected()));
        counts("", tally.rejected());
        if (declared.pipeline().transform().leavesOut()) {
            count(1, "left out", Tally.sum(tally.leftOut()));
            counts("", tally.leftOut());
        }
        if (declared.pipeline().transform().hasWindows()) {
            count(1, "late", Tally.sum(tally.late()));
            counts("for ", tally.late());
        }
    }

    private void counts(String prefix, Map<String, Long> counts) {
        counts.forEach((name, count) -> count(2, prefix + name, count));
    }

    private void count(int depth, String name, long count) {
        out.println(String.format("%-42s%,12d", "  ".repeat(depth) + name, count));
    }
}
