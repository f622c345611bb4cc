/**
 * Expressions in CEL, the Common Expression Language (cel.dev, language definition v0.25): unbound text becomes an
 * {@link dev.millrace.pipeline.expression.Expression} only by being type-checked against a schema, so that one with a
 * wrong field or type can not run.
 */
package dev.millrace.pipeline.expression;
