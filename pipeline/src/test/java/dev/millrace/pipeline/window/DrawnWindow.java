package dev.millrace.pipeline.window;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A window drawn at random, over the fields of {@link DrawnArrival.Event}.
 *
 * @param unlabelled the label of an event as long as none has come; nothing where no feature reads labels
 */
public record DrawnWindow(
        List<Frame> frames,
        Duration precision,
        Duration delay,
        Duration lateness,
        Optional<Double> unlabelled,
        List<Feature> features) {
    /** Which events a feature counts. */
    public enum Condition {
        NONE(""),
        LARGE(" where amount > 50.0"),
        FEW(" where pieces <= 20"),
        ELSEWHERE(" where shop != 'a'"),
        LABELLED(" where label > 0.5");

        private final String text;

        Condition(String text) {
            this.text = text;
        }
    }

    /**
     * A feature.
     *
     * @param of the field that it is taken of; empty for a count
     * @param parameter the rank of a quantile, or how many are recent
     */
    public record Feature(String name, Function function, String of, double parameter, Condition condition) {
        /** As a declaration has it. */
        public String text() {
            String rest = switch (function) {
                case QUANTILE -> ", " + parameter;
                case RECENT -> ", " + (int) parameter;
                default -> "";
            };
            return function.name().toLowerCase(Locale.ROOT) + "(" + of + rest + ")" + condition.text;
        }
    }

    /** The step as a declaration has it; labels are called outcomes. */
    public String yaml(String by) {
        String features = features().stream()
                .map(feature -> "      " + feature.name() + ": \"" + feature.text() + "\"\n")
                .collect(Collectors.joining());
        return "- window:\n    by: " + by + "\n    " + framesYaml()
                + "\n    precision: " + (precision.toMillis() == 0 ? "exact" : Span.text(precision))
                + "\n    allowed_lateness: " + Span.text(lateness)
                + (delay.isZero() ? "" : "\n    delay: " + Span.text(delay))
                + (unlabelled.isEmpty() ? "" : "\n    labels: outcomes")
                + "\n    compute:\n" + features;
    }

    private String framesYaml() {
        if (frames.get(0) instanceof Frame.Tumbling tumbling) {
            return "tumbling: " + Span.text(tumbling.size());
        } else if (frames.get(0) instanceof Frame.Hopping hopping) {
            return "hopping: { size: " + Span.text(hopping.size()) + ", every: " + Span.text(hopping.every()) + " }";
        } else if (frames.get(0) instanceof Frame.Session session) {
            return "session: { gap: " + Span.text(session.gap()) + ", at_most: " + Span.text(session.atMost()) + " }";
        }
        return frames.stream().map(Frame::suffix).collect(Collectors.joining(", ", "over: [", "]"));
    }
}
