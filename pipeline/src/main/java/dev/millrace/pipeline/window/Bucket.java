package dev.millrace.pipeline.window;

/** What some events come to, for each feature: numbers and objects as {@link Cells} lays them out. Filled in place. */
record Bucket(double[] numbers, Object[] objects) {
    Bucket copy() {
        return new Bucket(numbers.clone(), objects.clone());
    }
}
