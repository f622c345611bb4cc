/**
 * Traces of single events on their way through the stages, by OpenTelemetry. In comes a record's {@code traceparent}, out go a
 * span and the {@code traceparent} for the next stage; where nothing is sampled, nothing is done.
 */
package dev.millrace.service.tracing;
