package dev.millrace.model.reason;

/**
 * What a model makes of a sum to give its score.
 *
 * @param slope what the sum is multiplied with
 * @param offset what is added then
 * @param sigmoid whether the score is the logistic function of that
 */
record Link(double slope, double offset, boolean sigmoid) {
    static final Link NONE = new Link(1, 0, false);

    /** The raw score of a sum. */
    double of(double sum) {
        return slope * sum + offset;
    }

    Link times(double factor) {
        return new Link(slope * factor, offset * factor, sigmoid);
    }

    Link plus(double more) {
        return new Link(slope, offset + more, sigmoid);
    }

    Link throughSigmoid() {
        return new Link(slope, offset, true);
    }
}
