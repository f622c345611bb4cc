/**
 * Training: labelled transactions come in, a model's version for the registry goes out. Its libraries are not among those
 * of the service that runs; features come from the pipeline itself, as in the stream.
 */
package dev.millrace.model.training;
