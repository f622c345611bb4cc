/**
 * What a JVM can know before it starts. A base and the services come in; each service runs with real events on the base's
 * own Java runtime, and what its JVM recorded of the run goes out.
 */
package dev.millrace.images.training;
