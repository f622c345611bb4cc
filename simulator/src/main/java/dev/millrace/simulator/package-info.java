/** Seeded events for examples, tests and benchmarks: a population and a span of time come in, events in their order go out. */
package dev.millrace.simulator;
