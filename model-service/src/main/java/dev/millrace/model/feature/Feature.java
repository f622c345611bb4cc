package dev.millrace.model.feature;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One of a model's inputs.
 *
 * @param name a field of the pipeline's clean events
 * @param reference what a reason compares with, and stands for a missing value: of a number its median in training, 0 where
 *     nothing is said; of a text any text
 * @param missing what stands for a missing number: {@code reference}, where nothing is said, or {@code nan}, for a model
 *     that learned from numbers of which some were missing
 */
public record Feature(
        String name,
        Object reference,
        @JsonInclude(JsonInclude.Include.NON_NULL) String missing) {
    private static final String NAN = "nan";

    /** A feature whose reference stands for a missing value. */
    public Feature(String name, Object reference) {
        this(name, reference, null);
    }

    public Feature {
        reference = reference == null ? Float.valueOf(0) : reference;
        reference = reference instanceof Number number ? (Object) number.floatValue() : reference;
        boolean finite = reference instanceof Float number && Float.isFinite(number);
        if (name == null || !finite && !(reference instanceof String)) {
            throw new IllegalArgumentException(
                    "a feature has a name and a reference value, a finite number or a text, not '" + name + "' and "
                            + reference);
        }
        boolean known = missing == null || missing.equals("reference") || missing.equals(NAN) && finite;
        if (!known) {
            throw new IllegalArgumentException("what stands for a missing value of feature '" + name
                    + "' is its reference, or, of a number, nan; not " + missing);
        }
    }

    /** Whether the model is given it as a text. */
    @JsonIgnore
    public boolean isText() {
        return reference instanceof String;
    }

    /** The reference of a number; NaN of a text. */
    float number() {
        return reference instanceof Float number ? number : Float.NaN;
    }

    /** What stands for a missing number; NaN of a text. */
    float absent() {
        return NAN.equals(missing) ? Float.NaN : number();
    }
}
