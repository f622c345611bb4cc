/**
 * What one event is: typed fields, a row of values, how it is read from JSON or text and written back.
 *
 * <p>In comes a record's bytes or cells; out goes a {@link dev.millrace.pipeline.event.Row} or a list of
 * {@link dev.millrace.pipeline.event.Violation}s.
 */
package dev.millrace.pipeline.event;
