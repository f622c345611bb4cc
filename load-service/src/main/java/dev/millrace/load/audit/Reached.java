package dev.millrace.load.audit;

/**
 * How far the audit has read a partition.
 *
 * @param next the offset to read next
 * @param behindLastRecord the offset behind the last record that was read: what a stage that has done all there is has
 *     committed, for it never waits for the mark that ends a transaction; 0 if none was read yet
 */
record Reached(long next, long behindLastRecord) {}
