package dev.millrace.bench;

/**
 * A line of the page.
 *
 * @param what what was measured
 * @param rate how fast it was
 * @param reference what it is compared with; null for a reference itself
 * @param referenceRate how fast that was; null for a reference itself
 */
record Measured(String what, Rate rate, String reference, Rate referenceRate) {
    static Measured reference(String what, Rate rate) {
        return new Measured(what, rate, null, null);
    }
}
