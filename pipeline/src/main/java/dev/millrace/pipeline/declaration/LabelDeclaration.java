package dev.millrace.pipeline.declaration;

import java.util.Optional;

/** A stream of labels, which say later what an event turned out to be. */
@Doc("Labels that come later than the events, such as chargebacks: JSON objects with the event's id in the field that"
        + " event.id names and the label, a number or true (1) and false (0), in `label`. They are posted to"
        + " /pipelines/{pipeline}/labels/{name}; the last one for an event holds.")
public record LabelDeclaration(
        @Doc(
                value = "What an event counts for as long as no label has come for it. Default: 0.",
                example = "\"0\"",
                pattern = "-?[0-9]+(\\.[0-9]+)?")
        Optional<String> otherwise) {
    /** The label of an event for which none has come. */
    public double unlabelled() {
        return otherwise.map(Double::valueOf).orElse(0.0);
    }
}
