/**
 * The declaration of a pipeline as a tree of records. The file, its JSON Schema and the reference page are read from and
 * generated from these records, so that they can not drift.
 */
package dev.millrace.pipeline.declaration;
