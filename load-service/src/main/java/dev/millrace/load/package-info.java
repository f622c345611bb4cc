/**
 * The load service: clean or scored events come in, rows of each pipeline's star schema in PostgreSQL go out. The packages
 * are the way of an event: {@code batch} encodes it, {@code warehouse} commits it, {@code worker} runs the two.
 */
package dev.millrace.load;
