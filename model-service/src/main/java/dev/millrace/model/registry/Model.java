package dev.millrace.model.registry;

import dev.millrace.model.inference.OnnxScorer;

/** A version of a model, loaded. Thread-safe. */
public record Model(ModelDescription description, OnnxScorer scorer) {}
