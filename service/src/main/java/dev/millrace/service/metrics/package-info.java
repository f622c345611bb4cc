/** The metrics that every stage has; their names are an interface and documented in docs/reference/metrics.md. */
package dev.millrace.service.metrics;
