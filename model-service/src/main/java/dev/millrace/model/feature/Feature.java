package dev.millrace.model.feature;

/**
 * One of a model's inputs.
 *
 * @param name a field of the pipeline's clean events
 * @param reference its median in training: stands for a missing value, and is what a reason compares with
 */
public record Feature(String name, float reference) {
    public Feature {
        if (name == null || !Float.isFinite(reference)) {
            throw new IllegalArgumentException(
                    "a feature has a name and a finite reference value, not '" + name + "' and " + reference);
        }
    }
}
