package dev.millrace.load.batch;

/**
 * What a batch takes of one partition.
 *
 * @param from the offset that was next when the batch began
 * @param next the offset that is next when it is loaded
 */
public record OffsetRange(long from, long next) {}
