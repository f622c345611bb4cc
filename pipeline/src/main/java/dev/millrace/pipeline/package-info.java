/**
 * What a pipeline is. {@link dev.millrace.pipeline.declaration} is what its author wrote;
 * {@link dev.millrace.pipeline.Pipeline} is that, bound and ready to run. Nothing here does I/O or knows a framework.
 */
package dev.millrace.pipeline;
