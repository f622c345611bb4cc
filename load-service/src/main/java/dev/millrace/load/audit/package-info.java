/**
 * Whether an event was lost or doubled anywhere between ingest and the warehouse. The pipeline's topics come in, read once
 * more than the stages do; balances of what went into each stage and came out of it go out as metrics.
 */
package dev.millrace.load.audit;
