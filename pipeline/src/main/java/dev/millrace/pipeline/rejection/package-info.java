/** What is kept of a record that a stage refused: why, where, and the record itself, so that it can be sent again. */
package dev.millrace.pipeline.rejection;
