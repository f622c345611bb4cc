/** Seeded card transactions: a population and a span of days come in, transactions in the order of time go out. */
package dev.millrace.simulator;
