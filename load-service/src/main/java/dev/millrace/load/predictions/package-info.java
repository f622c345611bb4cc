/** Predictions into the warehouse. Records of the topics of predictions come in; rows of one table go out, each once. */
package dev.millrace.load.predictions;
