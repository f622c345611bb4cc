/** Clean rows come in; the numbers that a model takes go out, the same way in the stream, at /predict and in training. */
package dev.millrace.model.feature;
