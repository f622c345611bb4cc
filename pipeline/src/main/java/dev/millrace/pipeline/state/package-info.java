/**
 * What the state of a pipeline's steps was built from, and whether a changed declaration can go on with it. Two pipelines
 * come in, a verdict with its reasons goes out.
 */
package dev.millrace.pipeline.state;
