package dev.millrace.pipeline.rejection;

import dev.millrace.pipeline.event.Violation;
import java.util.List;

/**
 * Why a record was refused, as a short code that is stable and bounded, so that it can label a metric.
 *
 * @param code lower case words joined by {@code _}, or {@code quality.<check>}
 */
public record RejectionReason(String code) {
    /** The record can not be read: not JSON, not UTF-8, a ragged CSV row. */
    public static final RejectionReason MALFORMED = new RejectionReason("malformed");
    /** A required field is missing. */
    public static final RejectionReason MISSING_FIELD = new RejectionReason("missing_field");
    /** A field's value is not of its declared type. */
    public static final RejectionReason WRONG_TYPE = new RejectionReason("wrong_type");
    /** The record is larger than the limit. */
    public static final RejectionReason TOO_LARGE = new RejectionReason("too_large");
    /** An expression could not be evaluated on this record. */
    public static final RejectionReason EXPRESSION_FAILED = new RejectionReason("expression_failed");
    /** A lookup's reference has no row for the record. */
    public static final RejectionReason NO_MATCH = new RejectionReason("no_match");
    /** Another event with the same id and other content is in the warehouse already. */
    public static final RejectionReason DUPLICATE_ID = new RejectionReason("duplicate_id");
    /** The model gave no finite score for the record. */
    public static final RejectionReason SCORE_FAILED = new RejectionReason("score_failed");
    /** The warehouse refused the row. */
    public static final RejectionReason LOAD_FAILED = new RejectionReason("load_failed");
    /** The record failed in a way that nobody foresaw; the service's log says how. */
    public static final RejectionReason INTERNAL_ERROR = new RejectionReason("internal_error");

    /** The named quality check failed. */
    public static RejectionReason quality(String check) {
        return new RejectionReason("quality." + check);
    }

    /** The reason that fits the first of these violations; a record that can not be read outweighs the others. */
    public static RejectionReason of(List<Violation> violations) {
        if (violations.stream().anyMatch(violation -> violation.kind() == Violation.Kind.MALFORMED)) {
            return MALFORMED;
        }
        return violations.get(0).kind() == Violation.Kind.MISSING ? MISSING_FIELD : WRONG_TYPE;
    }

    @Override
    public String toString() {
        return code;
    }
}
