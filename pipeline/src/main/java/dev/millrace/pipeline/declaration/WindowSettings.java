package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.declaration.StepDeclaration.Window;
import dev.millrace.pipeline.window.AggregateText;
import dev.millrace.pipeline.window.Frame;
import dev.millrace.pipeline.window.Span;
import dev.millrace.pipeline.window.WindowPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A declared window in the terms of what computes it. */
public final class WindowSettings {
    private static final Duration LATENESS = Duration.ofDays(1);
    private static final Duration EXACT = Duration.ofNanos(1000);

    private WindowSettings() {}

    /**
     * The settings of a declared window.
     *
     * @throws IllegalArgumentException if a feature's text has no form that is known
     */
    public static WindowPlan.Settings of(Window window, Map<String, LabelDeclaration> labels) {
        Map<String, AggregateText> aggregates = new LinkedHashMap<>();
        window.compute().forEach((name, text) -> aggregates.put(name, AggregateText.of(text)));
        return new WindowPlan.Settings(
                frames(window),
                aggregates,
                window.precision().map(text -> text.equals("exact") ? EXACT : Span.of(text)),
                window.delay().map(Span::of).orElse(Duration.ZERO),
                window.allowed_lateness().map(Span::of).orElse(LATENESS),
                window.labels()
                        .map(labels::get)
                        .map(LabelDeclaration::unlabelled)
                        .orElse(0.0));
    }

    /** The windows it declares, whatever their kind. */
    static List<Frame> frames(Window window) {
        List<Frame> frames = new ArrayList<>();
        window.over().forEach(length -> frames.add(new Frame.Sliding(Span.of(length))));
        window.tumbling().ifPresent(size -> frames.add(new Frame.Tumbling(Span.of(size))));
        window.hopping()
                .ifPresent(hopping -> frames.add(new Frame.Hopping(Span.of(hopping.size()), Span.of(hopping.every()))));
        window.session()
                .ifPresent(
                        session -> frames.add(new Frame.Session(Span.of(session.gap()), Span.of(session.at_most()))));
        return frames;
    }

    /** How many kinds of windows it declares; one is right. */
    static int kinds(Window window) {
        return (window.over().isEmpty() ? 0 : 1)
                + count(window.tumbling())
                + count(window.hopping())
                + count(window.session());
    }

    /** The key of the window that computes a feature of that name; empty if none does. */
    static Optional<String> byOf(PipelineDeclaration.Spec spec, String feature) {
        return spec.transform().stream()
                .filter(Window.class::isInstance)
                .map(Window.class::cast)
                .filter(window -> kinds(window) == 1 && computes(window, feature))
                .map(Window::by)
                .findFirst();
    }

    private static boolean computes(Window window, String feature) {
        List<Frame> frames = frames(window);
        return window.compute().keySet().stream()
                .anyMatch(name -> frames.stream()
                        .anyMatch(frame ->
                                WindowPlan.name(name, frame, frames.size()).equals(feature)));
    }

    private static int count(Optional<?> kind) {
        return kind.isPresent() ? 1 : 0;
    }
}
