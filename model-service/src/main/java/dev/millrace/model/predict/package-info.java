/** {@code POST /predict}: raw events come in as JSON, scores with labels and reasons go out. */
package dev.millrace.model.predict;
