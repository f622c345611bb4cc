package dev.millrace.pipeline.declaration;

import dev.millrace.pipeline.window.AggregateText;
import dev.millrace.pipeline.window.Frame;
import dev.millrace.pipeline.window.Function;
import dev.millrace.pipeline.window.WindowPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What users chose lately, as a window keeps it.
 *
 * @param user the field that names the user
 * @param item the field that names the item
 * @param condition the CEL expression that says which events count; empty for all
 * @param most how many items are kept
 */
public record RecentHistory(String user, String item, Optional<String> condition, int most) {
    /** The history that a feature of that name is; empty if no window says so. */
    public static Optional<RecentHistory> of(PipelineDeclaration.Spec spec, String feature) {
        for (StepDeclaration step : spec.transform()) {
            if (step instanceof StepDeclaration.Window window && WindowSettings.kinds(window) == 1) {
                Optional<RecentHistory> found = of(window, feature);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<RecentHistory> of(StepDeclaration.Window window, String feature) {
        List<Frame> frames = WindowSettings.frames(window);
        for (Map.Entry<String, String> computed : window.compute().entrySet()) {
            boolean named = frames.stream()
                    .anyMatch(frame -> WindowPlan.name(computed.getKey(), frame, frames.size())
                            .equals(feature));
            if (named) {
                return of(window.by(), computed.getValue());
            }
        }
        return Optional.empty();
    }

    private static Optional<RecentHistory> of(String user, String text) {
        AggregateText aggregate = AggregateText.of(text);
        String item = aggregate.argument().orElse("").strip();
        return aggregate.function() == Function.RECENT && item.matches(EventDeclaration.FIELD_NAME)
                ? Optional.of(new RecentHistory(
                        user,
                        item,
                        aggregate.condition().map(String::strip),
                        aggregate.parameter().orElseThrow().intValue()))
                : Optional.empty();
    }
}
