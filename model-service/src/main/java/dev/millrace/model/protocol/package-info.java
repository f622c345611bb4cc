/**
 * The Open Inference Protocol V2, over HTTP and gRPC: tensors come in as the model's graph takes them, and go out as it
 * gives them. Every model of the registry is served, whether or not a pipeline uses it.
 */
package dev.millrace.model.protocol;
