/** A seeded shop: its size and a span of time come in; its items, and what its users view, buy and rate, go out in order. */
package dev.millrace.simulator.shop;
