/**
 * How many events each point of a pipeline's way has seen, by the time of their acceptance. Counts come in, within the
 * transaction of what they count; sums that can be compared go out.
 */
package dev.millrace.load.ledger;
